package dev.asterism.node.metadata;

import dev.asterism.device.MetadataService;
import dev.asterism.device.MetadataService.Answer;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A host's metadata service, which may be busy: asked again, but not for long. */
final class Host {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final MetadataService service;
  private final Patience patience;

  /**
   * How long one waits.
   *
   * @param answer for one whole answer
   * @param look for all that is asked at one look
   * @param pause after the first try that failed; the next ones are twice as long each
   */
  record Patience(Duration answer, Duration look, Duration pause) {
    static final Patience STANDARD =
        new Patience(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMillis(250));

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);

    Duration after(Duration pause) {
      Duration next = pause.multipliedBy(2);
      return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
    }
  }

  Host(URI base, Patience patience) {
    this.service = new MetadataService(base, patience.answer());
    this.patience = patience;
  }

  /** Where a path is, for people. */
  String place(String path) {
    return "metadata service " + service.url(path);
  }

  /** Reads what the host answered. */
  @FunctionalInterface
  interface Parser<T> {
    T parse(Bytes body) throws MalformedException;
  }

  /** The answer's own words; an error names where they come from. */
  <T> T parse(String path, Bytes body, Parser<T> parser) throws IOException {
    try {
      return parser.parse(body);
    } catch (MalformedException e) {
      throw new IOException(place(path) + ": " + e.getMessage(), e);
    }
  }

  Look look() {
    return new Look();
  }

  /** Some questions with one deadline. */
  final class Look {
    private final long end = System.nanoTime() + patience.look().toNanos();

    /**
     * The body of an answer.
     *
     * @return empty where there is no such thing
     * @throws IOException if the host does not answer in time, or says no
     */
    Optional<Bytes> get(String path, Map<String, String> headers) throws IOException {
      return found(path, ask("GET", path, headers));
    }

    /** The same, of an answer that was got by {@link #ask}. */
    Optional<Bytes> found(String path, Answer answer) throws IOException {
      return switch (answer.status()) {
        case OK -> Optional.of(answer.body());
        case NOT_FOUND -> Optional.empty();
        default -> throw new IOException(place(path) + " answers " + meaning(answer.status()));
      };
    }

    /** The same, as text. */
    Optional<String> text(String path, Answer answer) throws IOException {
      Optional<Bytes> body = found(path, answer);
      return body.isEmpty() ? Optional.empty() : Optional.of(parse(path, body.get(), Host::utf8));
    }

    /** An answer that asking again would not change. */
    Answer ask(String method, String path, Map<String, String> headers) throws IOException {
      Duration pause = patience.pause();
      for (int n = 1; ; n++) {
        String trouble;
        try {
          Answer answer = service.ask(method, path, headers);
          if (!isTransient(answer.status())) {
            return answer;
          }
          trouble = place(path) + " answers " + answer.status();
        } catch (IOException e) {
          if (Thread.currentThread().isInterrupted()) {
            throw e;
          }
          trouble = "metadata service: " + e.getMessage();
        }
        if (System.nanoTime() + pause.toNanos() >= end) {
          throw new IOException(trouble + " at try " + n);
        }
        sleep(pause, path);
        pause = patience.after(pause);
      }
    }

    private void sleep(Duration pause, String path) throws IOException {
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while asking " + service.url(path), e);
      }
    }
  }

  /** Too many requests, not there for a moment (Azure), the host's own trouble. */
  private static boolean isTransient(int status) {
    return status == 408 || status == 410 || status == 429 || status >= 500;
  }

  private static String meaning(int status) {
    return status >= 300 && status < 400
        ? status + ", a redirect, which is not followed; check --metadata-url"
        : status + "; check --cloud-provider and --metadata-url, and whether it is switched on";
  }

  static String utf8(Bytes body) throws MalformedException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body.toArray())).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("answer", "is not UTF-8 text");
    }
  }
}
