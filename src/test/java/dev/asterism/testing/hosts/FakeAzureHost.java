package dev.asterism.testing.hosts;

import com.sun.net.httpserver.HttpExchange;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Azure's IMDS. */
public final class FakeAzureHost extends FakeHost {
  private static final Set<String> VERSIONS = Set.of("2021-02-01", "2021-12-13");

  public final Map<String, String> tags = new TreeMap<>();

  /** Base64, as the service has it. */
  public volatile String userData = "";

  public volatile String computerName = "cp-vmss000001";

  public FakeAzureHost() throws IOException {
    start();
  }

  @Override
  protected Answer answer(String method, String path, HttpExchange exchange) {
    if (!method.equals("GET")) {
      return Answer.status(405);
    }
    if (!path.equals("/metadata/instance")) {
      return Answer.status(404);
    }
    if (!has(exchange, "Metadata", "true") || isForwarded(exchange)) {
      return bad("Bad request. Required metadata header not specified");
    }
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    if (!query.startsWith("api-version=") || !VERSIONS.contains(query.substring(12))) {
      return bad("Bad request. api-version is invalid or was not specified in the request.");
    }
    return Answer.ok(document());
  }

  private static Answer bad(String why) {
    return new Answer(400, Json.line(Json.newObject().put("error", why)), Map.of());
  }

  /** What it says, with some of the much that nodes do not need. */
  public String document() {
    var root = Json.newObject();
    var compute = root.putObject("compute");
    compute.put("azEnvironment", "AzurePublicCloud").put("location", "westeurope");
    compute.put("name", "cp-vmss_1");
    compute.putObject("osProfile").put("adminUsername", "").put("computerName", computerName);
    compute.put(
        "resourceId",
        "/subscriptions/8d10da13-8125-4ba9-a717-bf7490507b3d/resourceGroups/Some-RG/providers"
            + "/Microsoft.Compute/virtualMachineScaleSets/cp-vmss/virtualMachines/1");
    compute.put("userData", userData).put("vmScaleSetName", "cp-vmss").put("zone", "1");
    var list = compute.putArray("tagsList");
    tags.forEach((name, value) -> list.addObject().put("name", name).put("value", value));
    var card = root.putObject("network").putArray("interface").addObject();
    card.putObject("ipv4")
        .putArray("ipAddress")
        .addObject()
        .put("privateIpAddress", "10.9.0.5")
        .put("publicIpAddress", "");
    card.putObject("ipv6").putArray("ipAddress");
    card.put("macAddress", "0011AAFFBB22");
    return Json.line(root);
  }
}
