package dev.asterism.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.asterism.device.MetadataService;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * What hosts of the three clouds answer their guests, as picky as they are: a request without its
 * header is a bad one.
 */
public final class FakeCloud implements AutoCloseable {

  private final HttpServer server;

  /** Every request, as {@code GET /path}. */
  public final List<String> asked = new CopyOnWriteArrayList<>();

  /** From a TDREPORT to a TD quote. */
  public UnaryOperator<Bytes> quoting = report -> report;

  public String session = "a-session-token";
  public String vcek = "";
  public String chain = "";
  public String instance = "{\"compute\":{\"tagsList\":[]}}";
  public String identity = "{\"instanceId\":\"i-1\"}";

  public FakeCloud() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public MetadataService service() {
    return new MetadataService(uri());
  }

  private void handle(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    asked.add(request);
    byte[] answer = answer(request, exchange);
    exchange.sendResponseHeaders(
        answer.length == 0 ? 400 : 200, answer.length == 0 ? -1 : answer.length);
    if (answer.length > 0) {
      exchange.getResponseBody().write(answer);
    }
    exchange.close();
  }

  private byte[] answer(String request, HttpExchange exchange) throws IOException {
    String text =
        switch (request) {
          case "GET /metadata/THIM/amd/certification" ->
              has(exchange, "Metadata", "true")
                  ? Json.line(Json.newObject().put("vcekCert", vcek).put("certificateChain", chain))
                  : "";
          case "GET /metadata/instance" ->
              has(exchange, "Metadata", "true")
                      && "api-version=2021-02-01".equals(exchange.getRequestURI().getQuery())
                  ? instance
                  : "";
          case "POST /acc/tdquote" -> quote(exchange.getRequestBody().readAllBytes());
          case "PUT /latest/api/token" ->
              has(exchange, "X-aws-ec2-metadata-token-ttl-seconds", "60") ? session : "";
          case "GET /latest/dynamic/instance-identity/document" ->
              has(exchange, "X-aws-ec2-metadata-token", session) ? identity : "";
          case "GET /computeMetadata/v1/instance/zone" ->
              google(exchange, "projects/123/zones/europe-west3-a");
          case "GET /computeMetadata/v1/project/project-id" -> google(exchange, "some-project");
          case "GET /computeMetadata/v1/instance/name" -> google(exchange, "node-1");
          default -> "";
        };
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String quote(byte[] body) throws IOException {
    try {
      String report = Json.string(Json.object("body", Bytes.of(body)), "report");
      Bytes tdReport = Bytes.of(Base64.getUrlDecoder().decode(report));
      return report.endsWith("=") || tdReport.length() != 1024
          ? ""
          : Json.line(Json.newObject().put("quote", ForgedHcl.base64url(quoting.apply(tdReport))));
    } catch (dev.asterism.wire.MalformedException e) {
      return "";
    }
  }

  private static String google(HttpExchange exchange, String value) {
    return has(exchange, "Metadata-Flavor", "Google") ? value : "";
  }

  private static boolean has(HttpExchange exchange, String header, String value) {
    List<String> values = exchange.getRequestHeaders().get(header);
    return values != null && new ArrayList<>(values).equals(List.of(value));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
