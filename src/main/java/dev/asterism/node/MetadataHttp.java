package dev.asterism.node;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** GET with a deadline for the whole answer and a limit to its size; no proxy, no redirects. */
final class MetadataHttp {
  private static final int MAX_BYTES = 1024 * 1024;

  private final URI base;
  private final Duration deadline;
  private final HttpClient client;

  MetadataHttp(URI base) {
    this(base, Duration.ofSeconds(10));
  }

  MetadataHttp(URI base, Duration deadline) {
    this.base = base;
    this.deadline = deadline;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(deadline)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  Bytes get(String path) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).GET().build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_BYTES));
    try {
      // The request's own timeout would end with the headers.
      HttpResponse<byte[]> response = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException(describe(path) + " answers status " + response.statusCode());
      }
      return Bytes.of(response.body());
    } catch (TimeoutException e) {
      throw new IOException(
          describe(path) + " did not answer within " + deadline.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(describe(path) + " does not answer: " + reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + describe(path), e);
    } finally {
      answer.cancel(true);
    }
  }

  String describe(String path) {
    return "metadata service " + base.resolve(path);
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
