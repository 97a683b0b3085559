package dev.asterism.kubernetes.api;

import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.Pair;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** HTTP to one API server as one caller; one attempt at a time. */
final class Connection implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(3);

  /** For one attempt: a server that hangs is like one that is away. */
  private static final Duration ATTEMPT = Duration.ofSeconds(10);

  private static final char[] NO_PASSWORD = {};

  private final Access access;
  private final ApiClient client;

  private Connection(Access access, ApiClient client) {
    this.access = access;
    this.client = client;
  }

  /**
   * @throws IOException if the access names no usable CA or key
   */
  static Connection open(Access access) throws IOException {
    OkHttpClient http =
        new OkHttpClient.Builder()
            .connectTimeout(CONNECT)
            .callTimeout(ATTEMPT)
            // Whether to ask again is decided where it is known what was asked.
            .retryOnConnectionFailure(false)
            .build();
    try {
      var client = new ApiClient(http);
      client.setBasePath(access.server());
      if (access.authority().isEmpty()) {
        throw new MalformedException("certificate-authority", "is missing");
      }
      // In this order: each of them reads what was set before, and the stream can be read once.
      if (access.identity().isPresent()) {
        client.setKeyManagers(keyManagers(access.identity().get()));
      }
      client.setSslCaCert(stream(access.authority()));
      return new Connection(access, client);
    } catch (MalformedException | GeneralSecurityException | RuntimeException e) {
      throw new IOException("the API server's access cannot be used: " + e.getMessage(), e);
    }
  }

  /** To a server that nobody vouches for, without a credential: for {@link Discovery} alone. */
  static Connection unverified(String server) {
    var client =
        new ApiClient(
            new OkHttpClient.Builder().connectTimeout(CONNECT).callTimeout(ATTEMPT).build());
    client.setBasePath(server);
    client.setVerifyingSsl(false);
    return new Connection(new Access(server, "", Optional.empty(), Optional.empty()), client);
  }

  /** The same with another access; what is open stays open where only the token is another. */
  Connection with(Access next) throws IOException {
    if (next.server().equals(access.server())
        && next.authority().equals(access.authority())
        && next.identity().equals(access.identity())) {
      return new Connection(next, client);
    }
    Connection opened = open(next);
    close();
    return opened;
  }

  Access access() {
    return access;
  }

  /**
   * An answer.
   *
   * @param body empty where it is no JSON object
   */
  record Reply(int code, ObjectNode body, Optional<String> retryAfter) {
    boolean successful() {
      return code >= 200 && code < 300;
    }

    /** What the server says of a failure. */
    String message() {
      JsonNode message = body.path("message");
      return message.isString() ? message.stringValue() : "";
    }
  }

  /**
   * @param contentType of the body
   * @throws IOException if there was no answer; whether the request was carried out is not known
   */
  Reply call(
      String method,
      String path,
      Map<String, String> query,
      String contentType,
      @Nullable ObjectNode body)
      throws IOException {
    List<Pair> parameters =
        query.entrySet().stream().map(e -> new Pair(e.getKey(), e.getValue())).toList();
    var headers = new HashMap<String, String>();
    headers.put("Accept", "application/json");
    headers.put("Content-Type", contentType);
    access.token().ifPresent(token -> headers.put("Authorization", "Bearer " + token));
    byte[] content = body == null ? null : Json.line(body).getBytes(StandardCharsets.UTF_8);
    try (Response response =
        client
            .buildCall(
                null,
                path,
                method,
                parameters,
                List.of(),
                content,
                headers,
                Map.of(),
                Map.of(),
                new String[0],
                null)
            .execute()) {
      return new Reply(
          response.code(), read(response), Optional.ofNullable(response.header("Retry-After")));
    } catch (io.kubernetes.client.openapi.ApiException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode read(Response response) throws IOException {
    ResponseBody body = response.body();
    try (InputStream in = body.byteStream()) {
      byte[] content = in.readNBytes(Json.MAX_BYTES + 1);
      return Json.object("the API server's answer", Bytes.of(content));
    } catch (MalformedException e) {
      if (response.isSuccessful()) {
        throw new IOException(String.valueOf(e.getMessage()), e);
      }
      return Json.newObject();
    }
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyManager[] keyManagers(Access.Identity identity)
      throws MalformedException, GeneralSecurityException, IOException {
    PrivateKey key;
    try (Secret pem = Secret.copyOf(Bytes.ofUtf8(identity.key()))) {
      key = Pem.privateKey("client-key", pem);
    }
    Certificate[] chain =
        Pem.certificates("client-certificate", identity.certificate()).toArray(new Certificate[0]);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    store.setKeyEntry("client", key, NO_PASSWORD, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  /** Lets go of idle connections; calls under way end by themselves. */
  @Override
  public void close() {
    client.getHttpClient().connectionPool().evictAll();
    client.getHttpClient().dispatcher().executorService().shutdown();
  }
}
