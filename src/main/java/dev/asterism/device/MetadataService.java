package dev.asterism.device;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a cloud's host answers its guest about itself, over HTTP at an address of the link. Nothing
 * of it is believed: it is handed on, and judged by whoever gets it. No redirects, and no proxies
 * but for a service that is not the host's own.
 */
public final class MetadataService {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int LARGEST = 1024 * 1024;
  private static final int OK = 200;

  /** Of an error's, in characters. */
  private static final int MOST_WORDS = 200;

  private final URI base;
  private final Duration patience;
  private final HttpClient client;

  /**
   * @param base scheme and authority, without a path
   */
  public MetadataService(URI base) {
    this(base, PATIENCE);
  }

  /**
   * @param patience for one whole answer
   */
  public MetadataService(URI base, Duration patience) {
    this(base, patience, ProxySelector.of(null));
  }

  /** One farther off than the link. */
  public MetadataService(URI base, Duration patience, ProxySelector proxies) {
    this.base = base;
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .proxy(proxies)
            .build();
  }

  /** A whole answer, whatever its status. */
  public record Answer(int status, HttpHeaders headers, Bytes body) {}

  /** The body of a 200; anything else is an error that names the path. */
  public Bytes get(String path, Map<String, String> headers) throws IOException {
    return body(path, ask("GET", path, headers));
  }

  public Bytes put(String path, Map<String, String> headers) throws IOException {
    return body(path, ask("PUT", path, headers));
  }

  public Bytes post(String path, Map<String, String> headers, Bytes body) throws IOException {
    return body(path, ask("POST", path, headers, BodyPublishers.ofByteArray(body.toArray())));
  }

  /**
   * Asks without a body.
   *
   * @throws IOException if there is no whole answer
   */
  public Answer ask(String method, String path, Map<String, String> headers) throws IOException {
    return ask(method, path, headers, BodyPublishers.noBody());
  }

  /** What is asked there, for people. */
  public String url(String path) {
    return base + path;
  }

  private Bytes body(String path, Answer answer) throws IOException {
    if (answer.status() != OK) {
      throw new IOException(url(path) + " answers " + answer.status());
    }
    return answer.body();
  }

  private Answer ask(String method, String path, Map<String, String> headers, BodyPublisher body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url(path))).timeout(patience).method(method, body);
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
    try {
      // The request's own timeout ends with the headers.
      HttpResponse<byte[]> response = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response.headers(), Bytes.of(response.body()));
    } catch (TimeoutException e) {
      throw late(path, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HttpTimeoutException) {
        throw late(path, e);
      }
      throw new IOException(url(path) + " cannot be asked: " + reason(e), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + url(path), e);
    } finally {
      answer.cancel(true);
    }
  }

  private IOException late(String path, Exception e) {
    return new IOException(
        "no whole answer of " + url(path) + " within " + patience.toMillis() + " ms", e);
  }

  /** The client's words may have the host's in them. */
  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = cause.getMessage();
    if (message == null) {
      return cause.getClass().getSimpleName();
    }
    String printable = message.replaceAll("[^ -~]", "?");
    return printable.length() > MOST_WORDS ? printable.substring(0, MOST_WORDS) + "…" : printable;
  }
}
