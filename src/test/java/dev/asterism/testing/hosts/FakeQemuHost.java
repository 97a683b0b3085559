package dev.asterism.testing.hosts;

import com.sun.net.httpserver.HttpExchange;
import dev.asterism.wire.Json;
import java.io.IOException;

/** The metadata server of a QEMU cluster's host. */
public final class FakeQemuHost extends FakeHost {
  public volatile String name = "Control_Plane-0";
  public volatile String role = "ControlPlane";
  public volatile String ip = "10.42.1.1";
  public volatile String endpoint = "10.42.0.1";
  public volatile String initSecretHash = "";

  public FakeQemuHost() throws IOException {
    start();
  }

  @Override
  protected Answer answer(String method, String path, HttpExchange exchange) {
    String self = instance(name, role, ip);
    return switch (path) {
      case "/self" -> Answer.ok(self);
      case "/peers" -> Answer.ok("[" + self + "," + instance("w", "Worker", "10.42.1.9") + "]");
      case "/endpoint" -> Answer.ok("\"" + endpoint + "\"");
      case "/initsecrethash" -> Answer.ok(initSecretHash + "\n");
      default -> Answer.status(404);
    };
  }

  private static String instance(String name, String role, String ip) {
    var node = Json.newObject();
    node.put("Name", name).put("ProviderID", "qemu:///hostname/" + name).put("Role", role);
    node.put("VPCIP", ip).put("SecondaryIPRange", "").putNull("AliasIPRanges");
    return Json.line(node);
  }
}
