package dev.asterism.testing.hosts;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Compute Engine's metadata server. */
public final class FakeGcpHost extends FakeHost {
  private static final String METADATA = "/computeMetadata/v1/";

  /** Below {@code /computeMetadata/v1/}. */
  public final Map<String, String> data = new ConcurrentHashMap<>();

  public FakeGcpHost() throws IOException {
    data.put("instance/name", "cluster-worker-xk3p");
    data.put("instance/zone", "projects/123456/zones/europe-west3-b");
    data.put("project/project-id", "some-project");
    data.put("instance/network-interfaces/0/ip", "10.156.0.9");
    start();
  }

  public void attribute(String key, String value) {
    data.put("instance/attributes/" + key, value);
  }

  @Override
  protected Map<String, String> always() {
    return Map.of("Metadata-Flavor", "Google", "Server", "Metadata Server for VM");
  }

  @Override
  protected Answer answer(String method, String path, HttpExchange exchange) {
    if (!has(exchange, "Metadata-Flavor", "Google") || isForwarded(exchange)) {
      return Answer.status(403);
    }
    String text =
        method.equals("GET") && path.startsWith(METADATA)
            ? data.get(path.substring(METADATA.length()))
            : null;
    return text == null ? Answer.status(404) : Answer.ok(text);
  }
}
