package dev.asterism.testing.hosts;

import com.sun.net.httpserver.HttpExchange;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Nova's metadata service. */
public final class FakeOpenStackHost extends FakeHost {
  /** A server's metadata items. */
  public final Map<String, String> meta = new TreeMap<>();

  /** Empty: none. */
  public volatile String userData = "";

  public volatile String ip = "192.168.100.23";

  public FakeOpenStackHost() throws IOException {
    start();
  }

  @Override
  protected Answer answer(String method, String path, HttpExchange exchange) {
    if (!method.equals("GET")) {
      return Answer.status(405);
    }
    return switch (path) {
      case "/openstack/latest/meta_data.json" -> Answer.ok(document());
      case "/openstack/latest/user_data" ->
          userData.isEmpty() ? Answer.status(404) : Answer.ok(userData);
      case "/latest/meta-data/local-ipv4" -> Answer.ok(ip);
      default -> Answer.status(404);
    };
  }

  /** What it says, with some of the much that nodes do not need. */
  public String document() {
    var root = Json.newObject();
    root.put("uuid", "d8e02d56-2648-49a3-bf97-6be8f1204f38");
    var items = root.putObject("meta");
    meta.forEach(items::put);
    root.put("hostname", "cp-0.novalocal").put("name", "Cluster_CP-0").put("launch_index", 0);
    root.put("availability_zone", "nova").put("random_seed", "eXUgcmVhbGx5");
    root.put("project_id", "f7ac731cc11f40efbc03a9f9e1d1d21f").putArray("devices");
    return Json.line(root);
  }
}
