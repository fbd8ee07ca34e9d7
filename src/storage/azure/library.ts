// What of the packages goes into the program: a part of its own, loaded when a container is first asked.
export { DefaultAzureCredential } from '@azure/identity'
export { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
