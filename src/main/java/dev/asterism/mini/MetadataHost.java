package dev.asterism.mini;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * The hosts of a cloud: what they answer each machine over HTTP, at a port of its own, as picky as
 * the real ones are. Beside them, what AMD and Microsoft publish. One process for a whole cluster.
 */
public final class MetadataHost implements AutoCloseable {
  /** Whose process it is: no node's, so that switching one off leaves it. */
  static final String OWNER = "cloud";

  /** The process's role. */
  static final String ROLE = "metadata";

  private static final System.Logger LOG = System.getLogger(MetadataHost.class.getName());
  private static final int LARGEST = 64 * 1024;

  private final MiniDir dir;
  private final List<HttpServer> servers = new ArrayList<>();

  public MetadataHost(MiniDir dir) {
    this.dir = dir;
  }

  /** What is asked: of the path without a query, headers by lower-case name. */
  record Asked(String method, String path, Map<String, String> headers, Bytes body) {
    boolean has(String header, String value) {
      return value.equals(headers.get(header));
    }

    /** Whether somebody passes it on, who might be anybody. */
    boolean isForwarded() {
      return headers.containsKey("x-forwarded-for");
    }
  }

  /** An answer, with one header perhaps. */
  record Answer(int status, String type, Bytes body, Map<String, String> headers) {
    static final String JSON = "application/json";

    static Answer ok(String type, Bytes body) {
      return new Answer(200, type, body, Map.of());
    }

    static Answer refused(int status, String why) {
      return new Answer(status, "text/plain", Bytes.ofUtf8(why + "\n"), Map.of());
    }
  }

  /** One host. */
  @FunctionalInterface
  interface Host {
    Answer answer(Asked asked) throws IOException;
  }

  /**
   * Serves from now on.
   *
   * @throws IOException if there is no cluster, it is in no cloud, or a port is taken
   */
  public void serve() throws IOException {
    MiniPlan plan =
        MiniPlan.read(dir)
            .filter(p -> p.platform().isCloud())
            .orElseThrow(() -> new IOException("there is no cluster of a cloud in " + dir.root()));
    for (NodePlan node : plan.nodes()) {
      listen(node.port(Ports.METADATA), host(plan, node));
    }
    listen(plan.first().port(Ports.VENDORS), this::published);
    LOG.log(Level.INFO, "hosts of {0} nodes answer", plan.nodes().size());
  }

  private Host host(MiniPlan plan, NodePlan node) {
    return switch (plan.platform()) {
      case AZURE_SEV_SNP, AZURE_TDX, AZURE_TRUSTEDLAUNCH -> new AzureHost(dir.node(node.name()));
      case AWS_SEV_SNP, AWS_NITRO_TPM -> new AwsHost(dir.node(node.name()));
      case GCP_SEV_SNP, GCP_SEV_ES -> new GcpHost(dir.node(node.name()));
      case QEMU_VTPM, SEV_SNP, TDX -> throw new IllegalStateException("no cloud");
    };
  }

  private Answer published(Asked asked) throws IOException {
    Path file = dir.published().resolve(asked.path().substring(1)).normalize();
    return file.startsWith(dir.published()) && Files.isRegularFile(file)
        ? Answer.ok("application/octet-stream", Bytes.of(Files.readAllBytes(file)))
        : Answer.refused(404, "nobody published that");
  }

  private void listen(int port, Host host) throws IOException {
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> handle(exchange, host));
    server.start();
    servers.add(server);
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
  }

  private static void handle(HttpExchange exchange, Host host) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(LARGEST);
      var headers = new HashMap<String, String>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) ->
              headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
      var asked =
          new Asked(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              headers,
              Bytes.of(body));
      Answer answer = host.answer(asked);
      LOG.log(Level.DEBUG, "{0} {1}: {2}", asked.method(), asked.path(), answer.status());
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(answer.status(), answer.body().length());
      exchange.getResponseBody().write(answer.body().toArray());
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "no answer to " + exchange.getRequestURI().getPath(), e);
      throw e;
    }
  }
}
