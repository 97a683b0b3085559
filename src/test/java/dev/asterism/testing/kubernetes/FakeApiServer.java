package dev.asterism.testing.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.asterism.crypto.Pem;
import dev.asterism.kubernetes.api.Access;
import dev.asterism.testing.TestAuthority;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of the API machinery that callers here depend on: versions, taken names, conflicts,
 * pages; over TLS. Knows no roles, of schemas only that the journal counts upwards, and fails when
 * it is told to.
 */
public final class FakeApiServer implements AutoCloseable {
  public final TestAuthority authority = new TestAuthority(Instant.now());

  /** Whose token counts; any for null. */
  public volatile String token;

  /**
   * Told {@code before METHOD path} and {@code after METHOD path}; true: the caller died then. A
   * call whose caller died before it is not carried out.
   */
  public volatile Predicate<String> died = moment -> false;

  private final HttpsServer server;
  private final Map<String, ObjectNode> objects = new TreeMap<>();
  private final List<String> calls = new ArrayList<>();
  private final List<Trouble> troubles = new ArrayList<>();
  private long version;

  /** What goes wrong with one call. */
  private record Trouble(String method, String path, int code, boolean carriedOut) {}

  public FakeApiServer() throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setHttpsConfigurator(new HttpsConfigurator(authority.server("kube-apiserver")));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  public Access access(String as) {
    return Access.byToken(url(), Pem.encode(authority.certificate()), as);
  }

  /** The next call of this kind fails with this status, and changes nothing. */
  public synchronized void fail(String method, String path, int code) {
    troubles.add(new Trouble(method, path, code, false));
  }

  /** The next call of this kind is carried out, and its answer is lost. */
  public synchronized void loseAnswer(String method, String path) {
    troubles.add(new Trouble(method, path, 0, true));
  }

  /** {@code METHOD path} of all calls so far. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** The object at a path; null where there is none. */
  public synchronized ObjectNode object(String path) {
    ObjectNode object = objects.get(path);
    return object == null ? null : object.deepCopy();
  }

  /** How many objects are below a path. */
  public synchronized int count(String path) {
    return (int) objects.keySet().stream().filter(p -> p.startsWith(path + "/")).count();
  }

  /** Puts an object there, as somebody else would. */
  public synchronized void put(String path, ObjectNode object) {
    store(path, object.deepCopy());
  }

  public synchronized void change(String path, Function<ObjectNode, ObjectNode> change) {
    store(path, change.apply(object(path)));
  }

  public synchronized void remove(String path) {
    objects.remove(path);
  }

  /** Nothing is there any more. */
  public synchronized void clear() {
    objects.clear();
    calls.clear();
  }

  private ObjectNode store(String path, ObjectNode object) {
    ObjectNode metadata = (ObjectNode) object.get("metadata");
    metadata.put("resourceVersion", String.valueOf(++version));
    ObjectNode present = objects.get(path);
    if (!metadata.has("creationTimestamp")) {
      metadata.put(
          "creationTimestamp",
          present == null
              ? Instant.now().toString()
              : present.path("metadata").path("creationTimestamp").asString());
    }
    objects.put(path, object);
    return object;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      String call = exchange.getRequestMethod() + " " + path;
      if (died.test("before " + call)) {
        return;
      }
      Trouble trouble = trouble(exchange.getRequestMethod(), path);
      if (trouble != null && !trouble.carriedOut()) {
        answer(exchange, trouble.code(), status(trouble.code(), "made to fail"));
        return;
      }
      String bearer = exchange.getRequestHeaders().getFirst("Authorization");
      if (!known(bearer)) {
        answer(exchange, 401, status(401, "Unauthorized"));
        return;
      }
      Answer answer = serve(exchange.getRequestMethod(), path, exchange, body);
      if (trouble == null && !died.test("after " + call)) {
        answer(exchange, answer.code(), answer.body());
      }
      // Else the connection is closed without a word.
    } catch (MalformedException e) {
      throw new IOException(e);
    }
  }

  /** A bootstrap token by its Secret, any other by {@link #token}. */
  private synchronized boolean known(String bearer) {
    if (bearer == null || !bearer.matches("Bearer [a-z0-9]{6}\\.[a-z0-9]{16}")) {
      return token == null || ("Bearer " + token).equals(bearer);
    }
    String id = bearer.substring(7, 13);
    ObjectNode secret = objects.get("/api/v1/namespaces/kube-system/secrets/bootstrap-token-" + id);
    String expected = secret == null ? "" : secret.path("data").path("token-secret").asString("");
    return Bytes.ofUtf8(bearer.substring(14)).base64().equals(expected);
  }

  private synchronized Trouble trouble(String method, String path) {
    calls.add(method + " " + path);
    for (Trouble one : troubles) {
      if (one.method().equals(method) && path.startsWith(one.path())) {
        troubles.remove(one);
        return one;
      }
    }
    return null;
  }

  private record Answer(int code, ObjectNode body) {}

  private synchronized Answer serve(
      String method, String path, HttpExchange exchange, byte[] content) throws MalformedException {
    ObjectNode body = content.length == 0 ? null : Json.object("body", Bytes.of(content));
    ObjectNode present = objects.get(path);
    return switch (method) {
      case "GET" -> {
        if (path.equals("/version")) {
          yield new Answer(200, Json.newObject());
        }
        if (present != null) {
          yield new Answer(200, present);
        }
        boolean object = Character.isLowerCase(path.charAt(0)) || isObject(path);
        yield object
            ? new Answer(404, status(404, "not found"))
            : new Answer(200, list(path, exchange));
      }
      case "POST" -> {
        String name = Json.string(Json.child(body, "metadata"), "name");
        yield objects.containsKey(path + "/" + name)
            ? new Answer(409, status(409, "AlreadyExists"))
            : new Answer(201, store(path + "/" + name, body));
      }
      case "PUT" -> {
        if (present == null) {
          yield new Answer(404, status(404, "not found"));
        }
        if (!sameVersion(present, Json.child(body, "metadata"))) {
          yield new Answer(409, status(409, "Conflict"));
        }
        yield goesBack(present, body)
            ? new Answer(422, status(422, "changes are counted upwards"))
            : new Answer(200, store(path, body));
      }
      case "PATCH" -> new Answer(200, store(path, body));
      case "DELETE" -> {
        if (present == null) {
          yield new Answer(404, status(404, "not found"));
        }
        if (!sameVersion(present, Json.child(body, "preconditions"))) {
          yield new Answer(409, status(409, "Conflict"));
        }
        objects.remove(path);
        yield new Answer(200, Json.newObject());
      }
      default -> new Answer(405, status(405, "no such method"));
    };
  }

  /** A name behind a plural: {@code /api/v1/nodes/a}, {@code …/namespaces/x/secrets/a}. */
  private static boolean isObject(String path) {
    int words = path.split("/", -1).length - 1;
    int folder = path.startsWith("/api/") ? 3 : 4;
    return words - (path.contains("/namespaces/") ? 2 : 0) > folder;
  }

  /** As the schema of the admission journal has it. */
  private static boolean goesBack(ObjectNode present, ObjectNode wanted) {
    JsonNode old = present.path("spec").path("sequence");
    return old.isIntegralNumber()
        && wanted.path("spec").path("sequence").asLong(0) <= old.longValue();
  }

  private static boolean sameVersion(ObjectNode present, ObjectNode wanted) {
    return present
        .path("metadata")
        .path("resourceVersion")
        .asString()
        .equals(wanted.path("resourceVersion").asString(""));
  }

  private ObjectNode list(String path, HttpExchange exchange) {
    Map<String, String> query = query(exchange);
    String from = query.getOrDefault("continue", "");
    int limit = Integer.parseInt(query.getOrDefault("limit", "1000"));
    ObjectNode list = Json.newObject();
    var items = list.putArray("items");
    String last = "";
    for (var entry : objects.entrySet()) {
      if (!entry.getKey().startsWith(path + "/") || entry.getKey().compareTo(from) <= 0) {
        continue;
      }
      if (items.size() == limit) {
        list.putObject("metadata").put("continue", last);
        return list;
      }
      items.add(entry.getValue().deepCopy());
      last = entry.getKey();
    }
    list.putObject("metadata");
    return list;
  }

  private static Map<String, String> query(HttpExchange exchange) {
    var query = new TreeMap<String, String>();
    String text = exchange.getRequestURI().getQuery();
    for (String pair : text == null ? new String[0] : text.split("&", -1)) {
      String[] sides = pair.split("=", 2);
      query.put(sides[0], sides[1]);
    }
    return query;
  }

  private static ObjectNode status(int code, String message) {
    return Json.newObject().put("kind", "Status").put("code", code).put("message", message);
  }

  private static void answer(HttpExchange exchange, int code, ObjectNode body) throws IOException {
    byte[] content = Json.line(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, content.length);
    exchange.getResponseBody().write(content);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
