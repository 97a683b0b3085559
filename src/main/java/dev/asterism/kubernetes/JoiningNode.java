package dev.asterism.kubernetes;

import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * The custom resource that announces a node with a fresh ticket (wire contract, section 7).
 *
 * @param name the node's
 * @param componentsReference the ConfigMap whose components it was told to install
 * @param deadline when it counts as not coming any more
 */
public record JoiningNode(
    String name, String componentsReference, boolean controlPlane, Instant deadline) {
  private static final String CONTROL_PLANE = "control-plane";
  private static final Duration WORKER_DEADLINE = Duration.ofDays(2);
  private static final Duration CONTROL_PLANE_DEADLINE = Duration.ofMinutes(10);

  /** One that joins from {@code now} on. */
  public static JoiningNode from(
      Instant now, String name, String componentsReference, boolean controlPlane) {
    Duration patience = controlPlane ? CONTROL_PLANE_DEADLINE : WORKER_DEADLINE;
    return new JoiningNode(
        name,
        componentsReference,
        controlPlane,
        now.plus(patience).truncatedTo(ChronoUnit.SECONDS));
  }

  /** The object's name: one for all control planes, so that one joins at a time. */
  public String objectName() {
    return controlPlane ? CONTROL_PLANE : name;
  }

  public boolean expired(Instant now) {
    return now.isAfter(deadline);
  }

  public ObjectNode toJson() {
    ObjectNode object = Json.newObject();
    object.put("apiVersion", "update.edgeless.systems/v1alpha1").put("kind", "JoiningNode");
    object.putObject("metadata").put("name", objectName());
    object
        .putObject("spec")
        .put("name", name)
        .put("componentsreference", componentsReference)
        .put("iscontrolplane", controlPlane)
        .put("deadline", deadline.toString());
    return object;
  }

  public static JoiningNode fromJson(ObjectNode object) throws MalformedException {
    ObjectNode spec = Json.child(object, "spec");
    var controlPlane = spec.get("iscontrolplane");
    try {
      return new JoiningNode(
          Json.string(spec, "name"),
          Json.string(spec, "componentsreference"),
          controlPlane != null && controlPlane.asBoolean(false),
          Instant.parse(Json.string(spec, "deadline")));
    } catch (DateTimeParseException e) {
      throw new MalformedException("deadline", "is not an RFC 3339 time");
    }
  }
}
