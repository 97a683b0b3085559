package dev.asterism.kubernetes.api;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** An admin's look at objects, for tests of other packages. */
public final class Objects {
  private Objects() {}

  /** How many bootstrap tokens there are. */
  public static int tokens(ApiServer admin) throws IOException {
    return (int)
        admin.list(Resource.SECRETS).stream()
            .filter(s -> s.path("type").asString("").equals("bootstrap.kubernetes.io/token"))
            .count();
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
