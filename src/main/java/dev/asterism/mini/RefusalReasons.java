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

  /**
   * Why a node is refused.
   *
   * @param reason the first of them, and the ids of all
   * @param checks the ids of all that failed
   */
  record Refusal(String reason, List<String> checks) {}

  /** Why the newest verdict about the node refused it; empty where none did. */
  Optional<Refusal> of(NodePlan node) throws IOException {
    Optional<Refusal> reason = Optional.empty();
    for (NodePlan recorder : plan.nodes()) {
      Path audit = dir.node(recorder.name()).audit();
      if (Files.exists(audit)) {
        for (String line : Files.readAllLines(audit)) {
          Optional<JsonNode> appraisal = appraisal(line).filter(a -> isAbout(a, node));
          if (appraisal.isPresent()) {
            reason = appraisal.flatMap(RefusalReasons::refusal);
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

  /**
   * Evidence that is not genuine says nothing about who gives it. It is that of the one node which
   * is made so: it boots something, or shows somebody else's.
   */
  private static boolean isAbout(JsonNode appraisal, NodePlan node) {
    JsonNode identity = appraisal.path("claims").path("identity");
    if (identity.isMissingNode()) {
      return node.forged() || node.tampered();
    }
    return IDENTIFIERS.stream()
        .map(name -> identity.path(name).asString(""))
        .filter(value -> !value.isEmpty())
        .findFirst()
        .filter(node.akName()::equals)
        .isPresent();
  }

  private static Optional<Refusal> refusal(JsonNode appraisal) {
    List<JsonNode> failed =
        appraisal
            .path("checks")
            .valueStream()
            .filter(check -> check.path("outcome").asString("").equals("failed"))
            .toList();
    if (failed.isEmpty()) {
      return Optional.empty();
    }
    List<String> checks =
        failed.stream().map(check -> check.path("check").asString("")).distinct().toList();
    JsonNode first = failed.getFirst();
    String subject = first.path("subject").asString("");
    String expected = first.path("expected").asString("");
    boolean told = subject.isEmpty() && checks.size() == 1;
    return Optional.of(
        new Refusal(
            (subject.isEmpty() ? checks.getFirst() : subject)
                + ": "
                + (expected.isEmpty()
                    ? first.path("note").asString("")
                    : "expected " + expected + " got " + first.path("actual").asString(""))
                + (told ? "" : " (" + String.join(", ", checks) + ")"),
            checks));
  }
}
