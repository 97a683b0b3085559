package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.JoinInProgressException;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Announces nodes that are about to join. A worker has an object of its own. All control planes
 * share one, so that they come one after the other: it is created, or replaced in exactly the
 * version in which nobody is under way any more.
 */
public final class JoiningNodes {
  /** As whom the old join-service applies a worker's announcement. */
  private static final String MANAGER = "join-service";

  private static final String CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";

  /** Each round that fails means that another join-service was faster. */
  private static final int ROUNDS = 5;

  private final ApiServer server;
  private final AdmissionRecords records;

  JoiningNodes(ApiServer server, AdmissionRecords records) {
    this.server = server;
    this.records = records;
  }

  /** Takes the announcement of a control plane away that is dead; another one's is left alone. */
  public static void gone(ApiServer server, String node) throws IOException {
    Optional<ObjectNode> present = server.get(Resource.JOINING_NODES, JoiningNode.CONTROL_PLANE);
    if (present.isPresent() && parse(present.get()).name().equals(node)) {
      server.delete(Resource.JOINING_NODES, JoiningNode.CONTROL_PLANE, version(present.get()));
    }
  }

  /**
   * @throws JoinInProgressException if it is a control plane and another one is joining
   */
  void announce(JoiningNode node, Instant now) throws IOException {
    if (!node.controlPlane()) {
      server.apply(Resource.JOINING_NODES, node.objectName(), node.toJson(), MANAGER);
      return;
    }
    for (int round = 0; round < ROUNDS; round++) {
      Optional<ObjectNode> present = server.get(Resource.JOINING_NODES, node.objectName());
      boolean announced =
          present.isEmpty()
              ? server.create(Resource.JOINING_NODES, node.toJson())
              : succeed(present.get(), node, now);
      if (announced) {
        return;
      }
    }
    throw new JoinInProgressException("other control planes are faster");
  }

  /** Takes the place of an announcement that counts no more. */
  private boolean succeed(ObjectNode present, JoiningNode node, Instant now) throws IOException {
    JoiningNode other = parse(present);
    // Also where this very announcement was stored, and the answer was lost.
    if (other.equals(node)) {
      return true;
    }
    if (!other.expired(now)
        && !other.sameMachine(node)
        && !arrived(other)
        && !AdmissionRules.letGo(records.all(), other.attester())) {
      throw new JoinInProgressException(
          "the control plane " + other.name() + " is joining, until " + other.deadline());
    }
    ObjectNode next = node.toJson();
    ((ObjectNode) next.get("metadata")).put("resourceVersion", version(present));
    return server.replace(Resource.JOINING_NODES, node.objectName(), next);
  }

  /**
   * Whether kubeadm has finished with it: it labels the node in its last step, which no kubelet may
   * do itself. The old system's operator deletes the announcement then; here there may be none.
   */
  private boolean arrived(JoiningNode other) throws IOException {
    Optional<ObjectNode> node = server.get(Resource.NODES, other.name());
    if (node.isEmpty()) {
      return false;
    }
    JsonNode metadata = node.get().path("metadata");
    Instant created = Instant.parse(metadata.path("creationTimestamp").asString(""));
    return metadata.path("labels").has(CONTROL_PLANE_LABEL)
        // Not one of the same name that was there before.
        && !created.isBefore(other.announced());
  }

  private static String version(ObjectNode object) {
    return object.path("metadata").path("resourceVersion").asString("");
  }

  private static JoiningNode parse(ObjectNode object) throws IOException {
    try {
      return JoiningNode.fromJson(object);
    } catch (MalformedException e) {
      throw new IOException("JoiningNode " + JoiningNode.CONTROL_PLANE + ": " + e.getMessage(), e);
    }
  }
}
