package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.api.Connection.Reply;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The API server's objects. A server that is away is asked again for a while, as its restart takes
 * seconds; then the caller is told. A request whose answer was lost may have been carried out: what
 * creates something finds its name taken then, and its caller looks whether it is its own.
 */
public final class ApiServer implements AutoCloseable {
  /** A restarted API server answers within some seconds; a node's call may take a minute. */
  public static final Duration PATIENCE = Duration.ofSeconds(15);

  /** An API server that just started does not know all roles yet. */
  static final Duration DOUBT = Duration.ofSeconds(3);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** Objects of a page, so that the longest answer stays small. */
  private static final int PAGE = 100;

  private static final int LONGEST_MESSAGE = 300;
  private static final String JSON = "application/json";
  private static final Logger LOG = System.getLogger(ApiServer.class.getName());

  private final Access.Source source;
  private final Duration patience;
  private @Nullable Connection current;

  public ApiServer(Access.Source source) {
    this(source, PATIENCE);
  }

  /**
   * @param patience how long a server that is away is asked again
   */
  public ApiServer(Access.Source source, Duration patience) {
    this.source = source;
    this.patience = patience;
  }

  /** Whether it answers now: one attempt. */
  public boolean ready() {
    try {
      return connection().call("GET", "/version", Map.of(), JSON, null).successful();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether a bearer token is somebody's; one that was made just now may take a moment.
   *
   * @throws IOException if the server does not say: one that is stopping or overloaded refuses
   *     before it looks at the token
   */
  boolean authenticates(String token) throws IOException {
    return authenticates(token, DOUBT);
  }

  /**
   * @param doubt how long it is tried again before the answer is no
   */
  boolean authenticates(String token, Duration doubt) throws IOException {
    Access access = source.read();
    long start = System.nanoTime();
    try (var other = Connection.open(Access.byToken(access.server(), access.authority(), token))) {
      while (true) {
        Reply reply = other.call("GET", "/version", Map.of(), JSON, null);
        if (reply.successful() || reply.code() == 403) {
          return true;
        }
        if (System.nanoTime() - start > doubt.toNanos()) {
          if (reply.code() == 401) {
            return false;
          }
          throw refused("try", "a token", reply);
        }
        sleep(LONGEST_PAUSE);
      }
    }
  }

  /** The object; empty if there is none. */
  Optional<ObjectNode> get(Resource resource, String name) throws IOException {
    Reply reply = ask("get", resource, "GET", resource.path(name), Map.of(), JSON, null, 404);
    return reply.code() == 404 ? Optional.empty() : Optional.of(reply.body());
  }

  /** All objects, as they were at one moment. */
  List<ObjectNode> list(Resource resource) throws IOException {
    var items = new ArrayList<ObjectNode>();
    var query = new TreeMap<String, String>(Map.of("limit", String.valueOf(PAGE)));
    do {
      Reply reply = ask("list", resource, "GET", resource.path(), query, JSON, null, 410);
      if (reply.code() == 410) {
        // It took so long that the rest is not known any more.
        items.clear();
        query.remove("continue");
        continue;
      }
      for (JsonNode item : reply.body().path("items")) {
        if (item instanceof ObjectNode object) {
          items.add(object);
        }
      }
      query.put("continue", reply.body().path("metadata").path("continue").asString(""));
    } while (!query.getOrDefault("continue", "none").isEmpty());
    return List.copyOf(items);
  }

  /** Whether it was created; false: the name is taken, perhaps by an earlier attempt at this. */
  boolean create(Resource resource, ObjectNode object) throws IOException {
    return ask("create", resource, "POST", resource.path(), Map.of(), JSON, object, 409).code()
        != 409;
  }

  /**
   * Replaces exactly the version that {@code object} names in its {@code resourceVersion}.
   *
   * @return false: there is another version, perhaps by an earlier attempt at this, or none
   */
  boolean replace(Resource resource, String name, ObjectNode object) throws IOException {
    Reply reply =
        ask("update", resource, "PUT", resource.path(name), Map.of(), JSON, object, 409, 404);
    return reply.successful();
  }

  /** Server-side apply: creates it, or takes over the fields named. */
  void apply(Resource resource, String name, ObjectNode object, String manager) throws IOException {
    apply(resource.toString(), resource.path(name), object, manager);
  }

  /**
   * The same for any object.
   *
   * @param what as errors call it
   */
  void apply(String what, String path, ObjectNode object, String manager) throws IOException {
    var _ =
        ask(
            "patch",
            what,
            "PATCH",
            path,
            Map.of("fieldManager", manager, "force", "true"),
            "application/apply-patch+yaml",
            object);
  }

  /** Whether there is something at a path, such as a kind of object. */
  boolean serves(String path) throws IOException {
    return ask("get", path, "GET", path, Map.of("limit", "1"), JSON, null, 404).successful();
  }

  /**
   * Whether a new API server has made its own roles. Kubernetes' controllers give up where they are
   * refused for ten seconds.
   */
  public boolean hasRoles() throws IOException {
    return serves(
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:kube-controller-manager");
  }

  /** Removes exactly this version; another one, or none, is left alone. */
  void delete(Resource resource, String name, String resourceVersion) throws IOException {
    ObjectNode options = Json.newObject();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.putObject("preconditions").put("resourceVersion", resourceVersion);
    var _ =
        ask("delete", resource, "DELETE", resource.path(name), Map.of(), JSON, options, 404, 409);
  }

  /**
   * Asks until there is an answer that counts: a success, or one of {@code expected}.
   *
   * @param verb as in RBAC
   * @param resource as errors call it
   */
  private Reply ask(
      String verb,
      Object resource,
      String method,
      String path,
      Map<String, String> query,
      String contentType,
      @Nullable ObjectNode body,
      int... expected)
      throws IOException {
    long start = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      IOException trouble;
      Duration limit = patience;
      try {
        Reply reply = connection().call(method, path, query, contentType, body);
        for (int code : expected) {
          if (reply.code() == code) {
            return reply;
          }
        }
        if (reply.successful()) {
          return reply;
        }
        trouble = refused(verb, resource, reply);
        switch (reply.code()) {
          // 401: the token may have been replaced just now.
          case 401, 403 -> limit = shorter(patience, DOUBT);
          case 429, 500, 502, 503, 504 -> {}
          default -> throw trouble;
        }
      } catch (ApiException e) {
        throw e;
      } catch (AccessException e) {
        trouble = e;
        limit = shorter(patience, DOUBT);
      } catch (IOException e) {
        trouble = new IOException("the API server does not answer: " + e.getMessage(), e);
      }
      if (System.nanoTime() - start + pause.toNanos() > limit.toNanos()) {
        throw trouble;
      }
      LOG.log(Level.DEBUG, "{0} {1}: {2}; once more", verb, resource, trouble.getMessage());
      sleep(pause);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static ApiException refused(String verb, Object resource, Reply reply) {
    String said = reply.message();
    String text = said.length() > LONGEST_MESSAGE ? said.substring(0, LONGEST_MESSAGE) + "…" : said;
    return new ApiException(
        reply.code(),
        "the API server refuses to " + verb + " " + resource + " (" + reply.code() + "): " + text);
  }

  /** Some of it at random, so that those who wait do not all come back at once. */
  private static void sleep(Duration pause) throws IOException {
    try {
      Thread.sleep(pause.toMillis() / 2 + ThreadLocalRandom.current().nextLong(pause.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the API server", e);
    }
  }

  /** With what is in the files now. */
  private synchronized Connection connection() throws AccessException {
    try {
      Access access = source.read();
      Connection last = current;
      if (last != null && last.access().equals(access)) {
        return last;
      }
      Connection next = last == null ? Connection.open(access) : last.with(access);
      current = next;
      return next;
    } catch (IOException e) {
      throw new AccessException(e);
    }
  }

  /** No call could be made: something is wrong on this side, perhaps for the moment only. */
  private static final class AccessException extends IOException {
    private static final long serialVersionUID = 1L;

    AccessException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  @Override
  public synchronized void close() {
    if (current != null) {
      current.close();
    }
  }
}
