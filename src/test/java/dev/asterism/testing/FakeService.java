package dev.asterism.testing;

import dev.asterism.collateral.Upstream;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A vendor's service that answers as told, and remembers what it was asked. */
public final class FakeService implements Upstream {
  /** How it answers once. */
  @FunctionalInterface
  public interface Answer {
    Reply get(int limit, Duration timeout) throws IOException, InterruptedException;
  }

  private final Map<String, Answer> always = new ConcurrentHashMap<>();
  private final Map<String, Deque<Answer>> next = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  public static Answer status(int status, String... headers) {
    Map<String, String> named = headers.length == 0 ? Map.of() : Map.of(headers[0], headers[1]);
    return (limit, timeout) -> new Reply(status, named, Bytes.EMPTY);
  }

  public static Answer body(Bytes body) {
    return (limit, timeout) -> new Reply(200, Map.of(), body);
  }

  public static Answer failing(String reason) {
    return (limit, timeout) -> {
      throw new IOException(reason);
    };
  }

  /** Answers only when {@code open} is. */
  public static Answer held(CountDownLatch open, Answer then) {
    return (limit, timeout) -> {
      open.await();
      return then.get(limit, timeout);
    };
  }

  /** What it answers from now on. */
  public FakeService serve(String path, Answer answer) {
    always.put(path, answer);
    return this;
  }

  /** What it answers once, before what it always does. */
  public FakeService once(String path, Answer answer) {
    next.computeIfAbsent(path, p -> new ArrayDeque<>()).add(answer);
    return this;
  }

  public List<String> asked() {
    return List.copyOf(asked);
  }

  public long asked(String path) {
    return asked.stream().filter(path::equals).count();
  }

  @Override
  public Reply get(URI uri, int limit, Duration timeout) throws IOException, InterruptedException {
    String path = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    asked.add(path);
    Deque<Answer> queue = next.get(path);
    Answer answer = queue == null ? null : queue.poll();
    if (answer == null) {
      answer = always.getOrDefault(path, status(404));
    }
    return answer.get(limit, timeout);
  }
}
