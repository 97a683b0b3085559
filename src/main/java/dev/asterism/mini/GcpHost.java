package dev.asterism.mini;

import dev.asterism.mini.MetadataHost.Answer;
import dev.asterism.mini.MetadataHost.Asked;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

/** Google's metadata server: what the instance is called. */
final class GcpHost implements MetadataHost.Host {
  private static final Map<String, String> MEMBERS =
      Map.of(
          "/computeMetadata/v1/instance/zone", "zone",
          "/computeMetadata/v1/instance/name", "name",
          "/computeMetadata/v1/instance/id", "id",
          "/computeMetadata/v1/project/project-id", "project-id");
  private static final Map<String, String> FLAVOR = Map.of("Metadata-Flavor", "Google");

  private final NodeDir place;

  GcpHost(NodeDir place) {
    this.place = place;
  }

  @Override
  public Answer answer(Asked asked) throws IOException {
    if (!asked.has("metadata-flavor", "Google") || asked.isForwarded()) {
      return Answer.refused(403, "Metadata-Flavor: Google is missing, or this was forwarded");
    }
    String member = MEMBERS.get(asked.path());
    if (member == null || !asked.method().equals("GET")) {
      return Answer.refused(404, "there is no such thing on this host");
    }
    try {
      Bytes host = Bytes.of(Files.readAllBytes(place.host()));
      String value = Json.string(Json.object("host", host), member);
      return new Answer(200, "application/text", Bytes.ofUtf8(value), FLAVOR);
    } catch (MalformedException e) {
      throw new IOException(place.host() + ": " + e.getMessage(), e);
    }
  }
}
