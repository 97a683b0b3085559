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
 * @param attester what its evidence proves of the machine, ours; empty: nothing, or unknown
 */
public record JoiningNode(
    String name,
    String componentsReference,
    boolean controlPlane,
    Instant deadline,
    String attester) {
  private static final String ATTESTER = "asterism.dev/attester";

  /** The one object that announces a joining control plane. */
  public static final String CONTROL_PLANE = "control-plane";

  private static final Duration WORKER_DEADLINE = Duration.ofDays(2);
  private static final Duration CONTROL_PLANE_DEADLINE = Duration.ofMinutes(10);

  /** One that joins from {@code now} on. */
  public static JoiningNode from(
      Instant now, String name, String componentsReference, boolean controlPlane, String attester) {
    Duration patience = controlPlane ? CONTROL_PLANE_DEADLINE : WORKER_DEADLINE;
    return new JoiningNode(
        name,
        componentsReference,
        controlPlane,
        now.plus(patience).truncatedTo(ChronoUnit.SECONDS),
        attester);
  }

  /** The object's name: one for all control planes, so that one joins at a time. */
  public String objectName() {
    return objectName(name, controlPlane);
  }

  /** The name of the object that announces such a node. */
  public static String objectName(String nodeName, boolean controlPlane) {
    return controlPlane ? CONTROL_PLANE : nodeName;
  }

  /** When it was announced. */
  public Instant announced() {
    return deadline.minus(controlPlane ? CONTROL_PLANE_DEADLINE : WORKER_DEADLINE);
  }

  /** Whether both are announced by one proven machine under one name. */
  public boolean sameMachine(JoiningNode other) {
    return name.equals(other.name) && !attester.isEmpty() && attester.equals(other.attester);
  }

  public boolean expired(Instant now) {
    return now.isAfter(deadline);
  }

  public ObjectNode toJson() {
    ObjectNode object = Json.newObject();
    object.put("apiVersion", "update.edgeless.systems/v1alpha1").put("kind", "JoiningNode");
    ObjectNode metadata = object.putObject("metadata").put("name", objectName());
    if (!attester.isEmpty()) {
      metadata.putObject("annotations").put(ATTESTER, attester);
    }
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
          Instant.parse(Json.string(spec, "deadline")),
          attester(object));
    } catch (DateTimeParseException e) {
      throw new MalformedException("deadline", "is not an RFC 3339 time");
    }
  }

  /** Absent where an old join-service announced the node. */
  private static String attester(ObjectNode object) throws MalformedException {
    ObjectNode metadata = Json.child(object, "metadata");
    if (!metadata.has("annotations")) {
      return "";
    }
    String attester = Json.optionalString(Json.child(metadata, "annotations"), ATTESTER);
    return attester == null ? "" : attester;
  }
}
