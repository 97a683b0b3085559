package dev.asterism.kubernetes;

import dev.asterism.crypto.VerificationKey;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a node's image lets others have it install: where, and which bytes. The image carries it, so
 * that neither a join-service nor an admin can widen it. See {@link ComponentPolicyParser} for its
 * form.
 *
 * @param places where components may go; nowhere else
 * @param pins SHA-256 of what may come, by canonical install path or by URL; empty: any bytes may
 * @param signers one of them must have signed the list of components; empty: nobody need have
 */
public record ComponentPolicy(
    List<Place> places, Map<String, Set<Bytes>> pins, List<VerificationKey> signers) {

  /** Where the signature of a list of components lies: a component of its own. */
  static final Path SIGNATURE = Path.of("/opt/kubernetes/components.sig");

  /** Where the image says nothing: the places that the nodes of a kubeadm cluster need. */
  public static final ComponentPolicy STANDARD =
      new ComponentPolicy(
          List.of(
              new Place(Path.of("/run/state/bin"), true),
              new Place(Path.of("/opt/cni/bin"), true),
              new Place(Path.of("/opt/kubernetes/patches"), true),
              new Place(SIGNATURE, false)),
          Map.of(),
          List.of());

  public ComponentPolicy {
    places = List.copyOf(places);
    pins = Map.copyOf(pins);
    signers = List.copyOf(signers);
  }

  /**
   * A place for components.
   *
   * @param path absolute, normal, without links
   * @param directory everything below it, else this very file
   */
  public record Place(Path path, boolean directory) {
    /** Whether that file may be installed, or, of an archive, everything below that directory. */
    boolean takes(Path canonical, boolean archive) {
      if (!directory) {
        return !archive && canonical.equals(path);
      }
      return canonical.startsWith(path) && (archive || !canonical.equals(path));
    }
  }

  /**
   * Reads it.
   *
   * @param json as {@link ComponentPolicyParser} has it
   */
  public static ComponentPolicy parse(Bytes json) throws MalformedException {
    return ComponentPolicyParser.parse(json);
  }

  /**
   * Whether a component may go there.
   *
   * @param canonical as {@link NodeTree} resolves its install path
   * @param archive it is unpacked below that directory
   */
  public boolean permits(Path canonical, boolean archive) {
    return places.stream().anyMatch(place -> place.takes(canonical, archive));
  }
}
