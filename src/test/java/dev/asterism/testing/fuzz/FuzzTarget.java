package dev.asterism.testing.fuzz;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One parser, and what must hold for every input: it gives a value or one of its refusals, in
 * bounded memory; a refusal repeats nothing of the input; what it gave, written and read again, is
 * the same.
 */
public final class FuzzTarget<T> {
  /** What the smallest input may cost, in bytes: providers, patterns, keys. */
  private static final long MEMORY = 16L * 1024 * 1024;

  /** A JSON tree costs a hundred times its text. */
  private static final long FOR_EACH_BYTE = 256;

  private final String name;
  private final Parser<T> parser;
  private final Set<Class<? extends Exception>> refusals;
  private final Writer<T> writer;
  private final Seeds seeds;
  private final boolean quoting;
  private final long memory;

  /** Reads. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(Bytes input) throws Exception;
  }

  /** Writes what was read. */
  @FunctionalInterface
  public interface Writer<T> {
    Bytes write(T value) throws Exception;
  }

  /** Inputs that the parser reads; made when they are needed, as some hold new keys. */
  @FunctionalInterface
  public interface Seeds {
    List<Bytes> make() throws Exception;
  }

  private FuzzTarget(
      String name,
      Parser<T> parser,
      Set<Class<? extends Exception>> refusals,
      Writer<T> writer,
      Seeds seeds,
      boolean quoting,
      long memory) {
    this.name = name;
    this.parser = parser;
    this.refusals = refusals;
    this.writer = writer;
    this.seeds = seeds;
    this.quoting = quoting;
    this.memory = memory;
  }

  /** A parser of bytes, refusing with {@link MalformedException}. */
  public static <T> FuzzTarget<T> of(String name, Parser<T> parser, Seeds seeds) {
    return new FuzzTarget<>(
        name, parser, Set.of(MalformedException.class), null, seeds, false, MEMORY);
  }

  /** Reads text, in UTF-8. */
  @FunctionalInterface
  public interface TextParser<T> {
    T parse(String input) throws Exception;
  }

  /** A parser of text. */
  public static <T> FuzzTarget<T> ofText(String name, TextParser<T> parser, String... seeds) {
    return ofText(name, parser, () -> List.of(seeds));
  }

  /** Texts that the parser reads. */
  @FunctionalInterface
  public interface Texts {
    List<String> make() throws Exception;
  }

  /** A parser of text whose seeds must be made. */
  public static <T> FuzzTarget<T> ofText(String name, TextParser<T> parser, Texts seeds) {
    return of(
        name,
        input -> parser.parse(text(input)),
        () -> seeds.make().stream().map(Bytes::ofUtf8).toList());
  }

  private static String text(Bytes input) {
    return new String(input.toArray(), StandardCharsets.UTF_8);
  }

  /** Refuses also with this. */
  public FuzzTarget<T> refusing(Class<? extends Exception> with) {
    List<Class<? extends Exception>> all = new ArrayList<>(refusals);
    all.add(with);
    return new FuzzTarget<>(name, parser, Set.copyOf(all), writer, seeds, quoting, memory);
  }

  /** What was read can be written, and read again. */
  public FuzzTarget<T> writing(Writer<T> with) {
    return new FuzzTarget<>(name, parser, refusals, with, seeds, quoting, memory);
  }

  /**
   * Refusals may repeat a part of the input.
   *
   * @param why it harms nobody
   */
  public FuzzTarget<T> quoting(String why) {
    if (why.isBlank()) {
      throw new IllegalArgumentException("say why");
    }
    return new FuzzTarget<>(name, parser, refusals, writer, seeds, true, memory);
  }

  /** May allocate that many bytes, beside some for each byte of input. */
  public FuzzTarget<T> allocating(long bytes) {
    return new FuzzTarget<>(name, parser, refusals, writer, seeds, quoting, bytes);
  }

  public String name() {
    return name;
  }

  /** Inputs that are read. */
  public List<Bytes> seeds() {
    try {
      return seeds.make();
    } catch (Exception e) {
      throw new IllegalStateException("no seeds for " + name, e);
    }
  }

  /**
   * Feeds one input.
   *
   * @return whether it was read; else it was refused
   * @throws AssertionError if something does not hold that must
   */
  public boolean feed(Bytes input) {
    long allowed = memory + FOR_EACH_BYTE * input.length();
    long before = Allocation.ofThisThread();
    boolean read = read(input);
    long allocated = Allocation.ofThisThread() - before;
    if (allocated > allowed) {
      // The first time, classes are loaded. That is not the input's fault.
      before = Allocation.ofThisThread();
      read = read(input);
      allocated = Allocation.ofThisThread() - before;
    }
    if (allocated > allowed) {
      throw new AssertionError(
          "%s allocates %d bytes for an input of %d; at most %d are reasonable"
              .formatted(name, allocated, input.length(), allowed));
    }
    return read;
  }

  private boolean read(Bytes input) {
    try {
      T value = parser.parse(input);
      if (writer != null) {
        checkWriter(value);
      }
      return true;
    } catch (Exception e) {
      checkRefusal(e);
      return false;
    } catch (StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(name + " takes unbounded memory", e);
    }
  }

  private void checkWriter(T value) throws Exception {
    Bytes written = writer.write(value);
    T again;
    try {
      again = parser.parse(written);
    } catch (Exception e) {
      throw new AssertionError(name + " does not read what was written", e);
    }
    if (!again.equals(value) || !writer.write(again).equals(written)) {
      throw new AssertionError(name + " reads something else than was written");
    }
  }

  private void checkRefusal(Exception thrown) {
    if (refusals.stream().noneMatch(refusal -> refusal.isInstance(thrown))) {
      throw new AssertionError(name + " fails in a way that callers do not expect", thrown);
    }
    String message = thrown.getMessage();
    if (message == null || message.isBlank()) {
      throw new AssertionError(name + " does not say why it refuses", thrown);
    }
    for (Throwable e = thrown; e != null && !quoting; e = e.getCause()) {
      if (Canary.isIn(String.valueOf(e.getMessage()))) {
        throw new AssertionError(name + " repeats what it read", thrown);
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
