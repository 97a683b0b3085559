package dev.asterism.mini;

import dev.asterism.device.SoftwareTdx;
import dev.asterism.mini.MetadataHost.Answer;
import dev.asterism.mini.MetadataHost.Asked;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;

/**
 * Azure's host: THIM has the chip's certificates, the quoting service quotes a TD's report, IMDS
 * knows of no tags.
 */
final class AzureHost implements MetadataHost.Host {
  private static final String THIM = "/metadata/THIM/amd/certification";
  private static final String QUOTE = "/acc/tdquote";
  private static final String INSTANCE = "/metadata/instance";

  private final NodeDir place;

  AzureHost(NodeDir place) {
    this.place = place;
  }

  @Override
  public Answer answer(Asked asked) throws IOException {
    if (!asked.has("metadata", "true") || asked.isForwarded()) {
      return Answer.refused(400, "the header Metadata: true is missing, or this was forwarded");
    }
    if (asked.path().equals(THIM) && asked.method().equals("GET") && Files.exists(place.host())) {
      return Answer.ok(Answer.JSON, Bytes.of(Files.readAllBytes(place.host())));
    }
    if (asked.path().equals(INSTANCE) && asked.method().equals("GET")) {
      return Answer.ok(Answer.JSON, Bytes.ofUtf8("{\"compute\":{\"tagsList\":[]}}"));
    }
    if (asked.path().equals(QUOTE)
        && asked.method().equals("POST")
        && Files.exists(place.softwareTdx())) {
      return quote(asked.body());
    }
    return Answer.refused(404, "there is no such thing on this host");
  }

  private Answer quote(Bytes body) throws IOException {
    try {
      Bytes report =
          Bytes.ofBase64Url("report", Json.string(Json.object("request", body), "report"));
      Bytes quote = new SoftwareTdx(place.softwareTdx()).quoteOf(report);
      return Answer.ok(
          Answer.JSON, Bytes.ofUtf8(Json.line(Json.newObject().put("quote", quote.base64Url()))));
    } catch (MalformedException e) {
      return Answer.refused(400, String.valueOf(e.getMessage()));
    }
  }
}
