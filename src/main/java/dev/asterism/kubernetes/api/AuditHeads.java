package dev.asterism.kubernetes.api;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps heads of audit logs where those who can change a log cannot change them: objects that are
 * created and never written again. A log that lost the line whose hash is here was cut or
 * rewritten.
 */
public final class AuditHeads {
  /** Enough of a hash to name it. */
  private static final int NAMED = 32;

  private final ApiServer server;

  public AuditHeads(ApiServer server) {
    this.server = server;
  }

  /**
   * Keeps the hash of a log's last line; the same again changes nothing.
   *
   * @param log which one: a node's name, an RFC 1123 subdomain
   * @param head SHA-256 of the line
   */
  public void keep(String log, Bytes head, Instant now) throws IOException {
    ObjectNode object = Json.newObject();
    object.put("apiVersion", "asterism.dev/v1alpha1").put("kind", "AuditHead");
    object.putObject("metadata").put("name", log + "-" + head.hex().substring(0, NAMED));
    object
        .putObject("spec")
        .put("log", log)
        .put("head", head.hex())
        .put("time", now.truncatedTo(ChronoUnit.SECONDS).toString());
    var _ = server.create(Resource.AUDIT_HEADS, object);
  }
}
