package dev.asterism.kubernetes.kubeadm;

import dev.asterism.kubernetes.Downloads;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Downloads over HTTPS, straight into a file. Redirects are followed, to HTTPS only: what comes is
 * known by its hash, wherever it lies. What may be different in a moment is tried again.
 */
public final class HttpsDownloads implements Downloads, AutoCloseable {
  private static final Logger LOG = System.getLogger(HttpsDownloads.class.getName());
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int OK = 200;

  private final SSLContext tls;
  private final ProxySelector proxies;
  private final Patience patience;
  private @Nullable HttpClient client;

  /**
   * How long one waits.
   *
   * @param download for one whole try
   * @param tries at least one
   * @param pause between two
   */
  public record Patience(Duration download, int tries, Duration pause) {
    /** A kubelet, some 100 MB, over a slow line; a mirror that is being restarted. */
    public static final Patience STANDARD =
        new Patience(Duration.ofMinutes(5), 3, Duration.ofSeconds(5));
  }

  /**
   * @param tls says who vouches for servers
   * @param proxies which proxy to use for which URL
   */
  public HttpsDownloads(SSLContext tls, ProxySelector proxies, Patience patience) {
    this.tls = tls;
    this.proxies = proxies;
    this.patience = patience;
  }

  /** For servers that these authorities vouch for, and no others. */
  public static SSLContext trusting(List<X509Certificate> authorities)
      throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (X509Certificate authority : authorities) {
        store.setCertificateEntry("authority " + store.size(), authority);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      return tls;
    } catch (IOException e) {
      throw new IllegalStateException("an empty key store is not read from anywhere", e);
    }
  }

  /** It may be different in a moment. */
  private static final class Again extends Exception {
    private static final long serialVersionUID = 1L;

    Again(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  @Override
  public void fetch(String url, Path file, long limit) throws IOException, MalformedException {
    URI uri = https(url);
    String place = place(uri);
    try {
      for (int n = 1; ; n++) {
        try {
          once(uri, file, limit);
          LOG.log(Level.INFO, "downloaded {0}: {1} bytes", place, String.valueOf(Files.size(file)));
          return;
        } catch (Again e) {
          if (n >= patience.tries()) {
            throw new IOException(
                place + " is not to be had, asked " + n + " times: " + e.getMessage(), e);
          }
          LOG.log(Level.WARNING, "{0}: {1}; once more", place, e.getMessage());
        }
        Thread.sleep(patience.pause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while downloading " + place, e);
    }
  }

  private static URI https(String url) throws MalformedException {
    try {
      URI uri = URI.create(url);
      if ("https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new MalformedException("url", "is neither https://HOST/… nor data:");
  }

  /** Without what may be a secret: a user, or a query. */
  private static String place(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return "https://" + uri.getHost() + port + uri.getPath();
  }

  private void once(URI uri, Path file, long limit)
      throws IOException, Again, InterruptedException {
    Files.deleteIfExists(file);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(patience.download()).GET().build();
    CompletableFuture<HttpResponse<Path>> answer = client().sendAsync(request, into(file, limit));
    int code;
    try {
      // The request's own time ends with the headers.
      code = answer.get(patience.download().toMillis(), TimeUnit.MILLISECONDS).statusCode();
    } catch (TimeoutException e) {
      throw new Again("not whole within " + patience.download().toSeconds() + " s", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new Again(
          cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(), e);
    } finally {
      answer.cancel(true);
    }
    String said = "the server answers " + code;
    if (code >= 500 || code == 408 || code == 429) {
      throw new Again(said, null);
    }
    if (code != OK) {
      throw new IOException(
          place(uri) + ": " + said + "; check the URL in the cluster's list of components");
    }
  }

  /** Only what the server means is written down. */
  private static BodyHandler<Path> into(Path file, long limit) {
    BodyHandler<Path> whole =
        BodyHandlers.limiting(
            BodyHandlers.ofFile(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            limit);
    return head -> head.statusCode() == OK ? whole.apply(head) : BodySubscribers.replacing(file);
  }

  private synchronized HttpClient client() {
    HttpClient made = client;
    if (made == null) {
      made =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NORMAL)
              .connectTimeout(CONNECT)
              .proxy(proxies)
              .sslContext(tls)
              .build();
      client = made;
    }
    return made;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
    }
  }
}
