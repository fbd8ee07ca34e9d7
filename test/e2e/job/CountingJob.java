import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.java.utils.ParameterTool;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.DiscardingSink;
import org.apache.flink.streaming.api.functions.source.SourceFunction;
import org.apache.flink.util.Collector;

/**
 * A job whose state tells whether it was kept: a source that numbers what it emits, and a counter a key.
 *
 * <p>Arguments: {@code --directory DIR} (where it writes and is told things), {@code --rate N} (numbers a second, 100),
 * {@code --keys K} (4), {@code --name NAME}.
 *
 * <p>In DIR it keeps {@code count} (numbers counted so far, all keys), and appends to {@code starts} what each start of the
 * source began with: {@code fresh} or {@code restored N}. A counter that does not fit the number it sees (kept
 * and lost state mixed) fails the job. If DIR holds {@code snapshots}, it says what snapshots do: {@code ok},
 * {@code slow MILLIS}, {@code fail} (which fails the job too: Flink tolerates only what
 * fails after the synchronous part of a snapshot). A file {@code fail} there fails the job once: it is taken away first.
 */
public final class CountingJob {
  public static void main(String[] args) throws Exception {
    ParameterTool parameters = ParameterTool.fromArgs(args);
    String directory = parameters.getRequired("directory");
    int keys = parameters.getInt("keys", 4);
    Files.createDirectories(Path.of(directory));
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    environment
        .addSource(new Numbers(directory, parameters.getInt("rate", 100)))
        .uid("numbers")
        .name("numbers")
        .setParallelism(1)
        .keyBy(number -> number % keys)
        .process(new Count(directory, keys))
        .uid("count")
        .name("count")
        .addSink(new DiscardingSink<>())
        .uid("nothing")
        .name("nothing");
    environment.execute(parameters.get("name", "counting"));
  }

  /** Emits 0, 1, 2, … and goes on from where its state says. */
  static final class Numbers implements SourceFunction<Long>, CheckpointedFunction {
    private final String directory;
    private final int rate;
    private volatile boolean running = true;
    private long next;
    private transient ListState<Long> state;

    Numbers(String directory, int rate) {
      this.directory = directory;
      this.rate = rate;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
      state = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("next", Long.class));
      for (long restored : state.get()) {
        next = restored;
      }
      String line = context.isRestored() ? "restored " + next + "\n" : "fresh\n";
      Files.writeString(
          Path.of(directory, "starts"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
      obeySwitch(Path.of(directory, "snapshots"));
      state.clear();
      state.add(next);
    }

    @Override
    public void run(SourceContext<Long> context) throws Exception {
      Path fail = Path.of(directory, "fail");
      while (running) {
        if (Files.deleteIfExists(fail)) {
          throw new IOException("told to fail");
        }
        synchronized (context.getCheckpointLock()) {
          context.collect(next++);
        }
        Thread.sleep(Math.max(1, 1000 / rate));
      }
    }

    @Override
    public void cancel() {
      running = false;
    }

    private static void obeySwitch(Path file) throws IOException, InterruptedException {
      if (!Files.exists(file)) {
        return;
      }
      String[] words = Files.readString(file).trim().split(" ");
      if (words[0].equals("slow")) {
        Thread.sleep(Long.parseLong(words[1]));
      } else if (words[0].equals("fail")) {
        throw new IOException("snapshots are switched off");
      }
    }
  }

  /** Counts the numbers of its key; the n-th number of a key must find n-1 counted. */
  static final class Count extends KeyedProcessFunction<Long, Long, Long> {
    private final String directory;
    private final int keys;
    private transient ValueState<Long> counted;
    private transient long writtenAt;
    private transient long total;

    Count(String directory, int keys) {
      this.directory = directory;
      this.keys = keys;
    }

    @Override
    public void open(Configuration configuration) {
      counted = getRuntimeContext().getState(new ValueStateDescriptor<>("counted", Long.class));
    }

    @Override
    public void processElement(Long number, Context context, Collector<Long> out) throws Exception {
      long count = counted.value() == null ? 0 : counted.value();
      if (count != number / keys) {
        throw new IllegalStateException("number " + number + " found " + count + " counted: state was lost");
      }
      counted.update(count + 1);
      total = number + 1;
      if (System.nanoTime() - writtenAt > 50_000_000L) {
        write();
      }
      out.collect(count + 1);
    }

    @Override
    public void close() throws Exception {
      if (total > 0) {
        write();
      }
    }

    private void write() throws IOException {
      writtenAt = System.nanoTime();
      Path draft = Path.of(directory, "count." + getRuntimeContext().getIndexOfThisSubtask());
      Files.writeString(draft, Long.toString(total));
      Files.move(draft, Path.of(directory, "count"), StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
