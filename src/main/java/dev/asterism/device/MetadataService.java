package dev.asterism.device;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a cloud's host answers its guest about itself, over HTTP at an address of the link. Nothing
 * of it is believed: it is handed on, and judged by whoever gets it. No proxies, no redirects.
 */
public final class MetadataService {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int LARGEST = 1024 * 1024;
  private static final int OK = 200;

  private final URI base;
  private final HttpClient client;

  /**
   * @param base scheme and authority, without a path
   */
  public MetadataService(URI base) {
    this.base = base;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .proxy(ProxySelector.of(null))
            .build();
  }

  /** The body of a 200; anything else is an error that names the path. */
  public Bytes get(String path, Map<String, String> headers) throws IOException {
    return ask("GET", path, headers, BodyPublishers.noBody());
  }

  public Bytes put(String path, Map<String, String> headers) throws IOException {
    return ask("PUT", path, headers, BodyPublishers.noBody());
  }

  public Bytes post(String path, Map<String, String> headers, Bytes body) throws IOException {
    return ask("POST", path, headers, BodyPublishers.ofByteArray(body.toArray()));
  }

  private Bytes ask(String method, String path, Map<String, String> headers, BodyPublisher body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE).method(method, body);
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
    try {
      // The request's own timeout ends with the headers.
      HttpResponse<byte[]> response = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != OK) {
        throw new IOException(base + path + " answers " + response.statusCode());
      }
      return Bytes.of(response.body());
    } catch (TimeoutException e) {
      throw new IOException(
          "no whole answer of " + base + path + " within " + PATIENCE.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(base + path + " cannot be asked", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + base + path, e);
    } finally {
      answer.cancel(true);
    }
  }
}
