package dev.asterism.kubernetes.api;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The kinds of object that clusters need beyond Kubernetes' own, as the manifests have them. */
public final class ObjectKinds {
  public static final ObjectKinds OURS =
      new ObjectKinds(
          "crds/nodeadmissions.json", "crds/admissionjournals.json", "crds/auditheads.json");

  /** The old system's, for clusters that its operator does not know. */
  public static final ObjectKinds OLD =
      new ObjectKinds("new-cluster/joiningnodes.json", "new-cluster/nodeversions.json");

  private final List<String> files;

  private ObjectKinds(String... files) {
    this.files = List.of(files);
  }

  /** Puts them into a cluster; they are served when this returns. */
  public void apply(Manifests manifests) throws IOException {
    for (String name : files) {
      try (InputStream in = ObjectKinds.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new FileNotFoundException(name + " is not in this build");
        }
        manifests.apply(Json.object(name, Bytes.of(in.readAllBytes())));
      } catch (MalformedException e) {
        throw new IOException(String.valueOf(e.getMessage()), e);
      }
    }
  }
}
