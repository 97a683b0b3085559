package dev.asterism.mini;

import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Why nodes were refused, from the audit records of the join-services: a refused peer is told only
 * what TLS lets us say, so its own log does not know.
 */
final class RefusalReasons {
  /** By the first of these that evidence proves a machine is found. */
  private static final List<String> IDENTIFIERS = List.of("akName", "reportId", "ppid");

  private final MiniDir dir;
  private final MiniPlan plan;

  RefusalReasons(MiniDir dir, MiniPlan plan) {
    this.dir = dir;
    this.plan = plan;
  }

  /** Why the newest verdict about the node refused it; empty where none did. */
  Optional<String> of(NodePlan node) throws IOException {
    Optional<String> reason = Optional.empty();
    for (NodePlan recorder : plan.nodes()) {
      Path audit = dir.node(recorder.name()).audit();
      if (Files.exists(audit)) {
        for (String line : Files.readAllLines(audit)) {
          Optional<JsonNode> appraisal = appraisal(line).filter(a -> isAbout(a, node));
          if (appraisal.isPresent()) {
            reason = appraisal.flatMap(RefusalReasons::firstFailure);
          }
        }
      }
    }
    return reason;
  }

  /** Empty where the line is no verdict, or not yet written to its end. */
  private static Optional<JsonNode> appraisal(String line) {
    try {
      JsonNode appraisal = Json.object("audit record", Bytes.ofUtf8(line)).at("/content/appraisal");
      return appraisal.isObject() ? Optional.of(appraisal) : Optional.empty();
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private static boolean isAbout(JsonNode appraisal, NodePlan node) {
    JsonNode identity = appraisal.path("claims").path("identity");
    return IDENTIFIERS.stream()
        .map(name -> identity.path(name).asString(""))
        .filter(value -> !value.isEmpty())
        .findFirst()
        .filter(node.akName()::equals)
        .isPresent();
  }

  private static Optional<String> firstFailure(JsonNode appraisal) {
    for (JsonNode check : appraisal.path("checks")) {
      if (check.path("outcome").asString("").equals("failed")) {
        String subject = check.path("subject").asString(check.path("check").asString(""));
        String expected = check.path("expected").asString("");
        String note = check.path("note").asString("");
        return Optional.of(
            expected.isEmpty()
                ? subject + ": " + note
                : subject + ": expected " + expected + " got " + check.path("actual").asString(""));
      }
    }
    return Optional.empty();
  }
}
