package dev.asterism.mini;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.asterism.mini.MetadataHost.Answer;
import dev.asterism.mini.MetadataHost.Asked;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hosts are as picky as those that they stand for. */
class MetadataHostTest {
  private static final String DOCUMENT = "/latest/dynamic/instance-identity/document";
  private static final String TTL = "x-aws-ec2-metadata-token-ttl-seconds";
  private static final String TOKEN = "x-aws-ec2-metadata-token";

  @TempDir Path folder;
  private NodeDir place;

  @BeforeEach
  void host() throws IOException {
    place = new NodeDir(folder);
    Files.writeString(place.host(), "{\"name\": \"node-1\", \"zone\": \"projects/1/zones/z\"}");
  }

  private static Asked asked(String method, String path, Map<String, String> headers) {
    return new Asked(method, path, headers, Bytes.ofUtf8("{}"));
  }

  private static Asked forwarded(Asked asked) {
    Map<String, String> headers = new HashMap<>(asked.headers());
    headers.put("x-forwarded-for", "10.0.0.1");
    return new Asked(asked.method(), asked.path(), headers, asked.body());
  }

  @Test
  void azureAnswersItsGuestAlone() throws IOException {
    var host = new AzureHost(place);
    Asked good = asked("GET", "/metadata/THIM/amd/certification", Map.of("metadata", "true"));
    assertEquals(200, host.answer(good).status());
    assertEquals(400, host.answer(asked("GET", good.path(), Map.of())).status());
    assertEquals(400, host.answer(forwarded(good)).status());
    assertEquals(404, host.answer(asked("POST", good.path(), good.headers())).status());
    // A machine without TDX.
    assertEquals(404, host.answer(asked("POST", "/acc/tdquote", good.headers())).status());
  }

  @Test
  void azureQuotesNothingButReports() throws IOException {
    Files.writeString(place.softwareTdx(), "{\"pck\": \"\"}");
    Asked bad = asked("POST", "/acc/tdquote", Map.of("metadata", "true"));
    assertEquals(400, new AzureHost(place).answer(bad).status());
  }

  @Test
  void ec2GivesNothingWithoutAToken() throws IOException {
    var host = new AwsHost(place);
    assertEquals(401, host.answer(asked("GET", DOCUMENT, Map.of())).status());
    assertEquals(401, host.answer(asked("GET", DOCUMENT, Map.of(TOKEN, "x"))).status());
    Asked ask = asked("PUT", "/latest/api/token", Map.of(TTL, "60"));
    assertEquals(403, host.answer(forwarded(ask)).status());
    assertEquals(405, host.answer(asked("GET", ask.path(), ask.headers())).status());
    String token = text(host.answer(ask));
    assertNotEquals(token, text(host.answer(ask)));
    assertEquals(200, host.answer(asked("GET", DOCUMENT, Map.of(TOKEN, token))).status());
    assertEquals(
        404, host.answer(asked("GET", "/latest/user-data", Map.of(TOKEN, token))).status());
    // Of another instance.
    Asked stolen = asked("GET", DOCUMENT, Map.of(TOKEN, token));
    assertEquals(401, new AwsHost(place).answer(stolen).status());
  }

  @ParameterizedTest
  @CsvSource({"0, 400", "21601, 400", "x, 400", "'', 400", "1, 200", "21600, 200"})
  void ec2sTokensLiveForSixHoursAtMost(String ttl, int status) throws IOException {
    Asked ask = asked("PUT", "/latest/api/token", Map.of(TTL, ttl));
    assertEquals(status, new AwsHost(place).answer(ask).status());
  }

  @Test
  void googleWantsItsFlavorAndSaysIt() throws IOException {
    var host = new GcpHost(place);
    Asked good =
        asked("GET", "/computeMetadata/v1/instance/name", Map.of("metadata-flavor", "Google"));
    assertEquals("node-1", text(host.answer(good)));
    assertEquals(Map.of("Metadata-Flavor", "Google"), host.answer(good).headers());
    assertEquals(403, host.answer(asked("GET", good.path(), Map.of())).status());
    assertEquals(403, host.answer(forwarded(good)).status());
    assertEquals(404, host.answer(asked("GET", "/computeMetadata/v1/x", good.headers())).status());
  }

  private static String text(Answer answer) {
    assertEquals(200, answer.status());
    return new String(answer.body().toArray(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
