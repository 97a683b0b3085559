package dev.asterism.admin;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Verdict;
import dev.asterism.wire.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came out for one bundle.
 *
 * @param bundle the path, as it was given
 * @param readable false where folder or manifest could not be read, or the manifest is malformed
 * @param expected the verdict that the manifest expects, null where it does not say
 * @param agrees whether what came out is what the manifest expects; true where it does not say
 */
public record Judgement(
    String bundle,
    Appraisal appraisal,
    boolean readable,
    @Nullable Verdict expected,
    boolean agrees) {

  public Optional<Verdict> expectation() {
    return Optional.ofNullable(expected);
  }

  /** {@code {"bundle", "verdict", "accepted", "checks", "claims"?}}. */
  public ObjectNode toJson() {
    ObjectNode node = Json.newObject();
    node.put("bundle", bundle);
    node.setAll(appraisal.toJson());
    return node;
  }
}
