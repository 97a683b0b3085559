package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.BootstrapTokens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An admin's look at objects, for tests of other packages. */
public final class Objects {
  private Objects() {}

  /** The bootstrap tokens of these machines, one for each Secret. */
  public static List<String> tokensOf(ApiServer admin, Set<String> machines) throws Exception {
    var tokens = new ArrayList<String>();
    for (ObjectNode secret : admin.list(Resource.SECRETS)) {
      JsonNode machine = secret.path("metadata").path("annotations").path("asterism.dev/machine");
      if (machines.contains(machine.asString(""))) {
        tokens.add(BootstrapTokens.fromSecret(secret).token());
      }
    }
    return tokens;
  }

  public static Optional<ObjectNode> joiningNode(ApiServer admin, String name) throws IOException {
    return admin.get(Resource.JOINING_NODES, name);
  }

  /** Takes an announcement away, as the operator does when the node is there. */
  public static void arrived(ApiServer admin, String joiningNode) throws IOException {
    Optional<ObjectNode> present = admin.get(Resource.JOINING_NODES, joiningNode);
    if (present.isPresent()) {
      admin.delete(Resource.JOINING_NODES, joiningNode, AdmissionJournal.version(present.get()));
    }
  }

  /** The same, unless it is another node's by now. */
  public static void arrived(ApiServer admin, String joiningNode, String node) throws IOException {
    Optional<ObjectNode> present = admin.get(Resource.JOINING_NODES, joiningNode);
    if (present.isPresent() && present.get().path("spec").path("name").asString("").equals(node)) {
      admin.delete(Resource.JOINING_NODES, joiningNode, AdmissionJournal.version(present.get()));
    }
  }

  /** Forgets every admission. */
  public static void forgetAdmissions(ApiServer admin) throws IOException {
    for (Resource resource : List.of(Resource.ADMISSION_JOURNALS, Resource.NODE_ADMISSIONS)) {
      for (ObjectNode object : admin.list(resource)) {
        admin.delete(
            resource,
            object.path("metadata").path("name").asString(),
            AdmissionJournal.version(object));
      }
    }
  }
}
