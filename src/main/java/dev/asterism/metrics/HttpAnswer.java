package dev.asterism.metrics;

import java.util.Map;

/**
 * An answer, whole.
 *
 * @param headers beyond those that every answer has
 */
public record HttpAnswer(int status, String contentType, String body, Map<String, String> headers) {
  private static final String TEXT = "text/plain; charset=utf-8";

  public HttpAnswer {
    headers = Map.copyOf(headers);
  }

  public static HttpAnswer of(int status, String contentType, String body) {
    return new HttpAnswer(status, contentType, body, Map.of());
  }

  /** Words for people. */
  public static HttpAnswer text(int status, String body) {
    return of(status, TEXT, body);
  }

  /** What a port says that serves GET alone. */
  public static HttpAnswer onlyGet() {
    return new HttpAnswer(405, TEXT, "only GET is served\n", Map.of("Allow", "GET"));
  }

  /** Asks to come back. */
  public HttpAnswer retryAfter(int seconds) {
    return new HttpAnswer(
        status, contentType, body, Map.of("Retry-After", Integer.toString(seconds)));
  }
}
