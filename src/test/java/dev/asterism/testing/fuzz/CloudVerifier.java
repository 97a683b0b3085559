package dev.asterism.testing.fuzz;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Verifier;
import dev.asterism.testing.CloudCase;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;

/**
 * A cloud's whole verifier: whatever comes, there is a verdict, and nothing is accepted that claims
 * what the genuine document does not.
 */
public final class CloudVerifier {
  private final Maker maker;
  private One one;

  /** Makes a machine with a good document. */
  @FunctionalInterface
  public interface Maker {
    CloudCase make() throws Exception;
  }

  private CloudVerifier(Maker maker) {
    this.maker = maker;
  }

  public static FuzzTarget<?> target(String name, Maker maker) {
    var verifier = new CloudVerifier(maker);
    return FuzzTarget.of(name, verifier::judge, () -> List.of(verifier.one().document()));
  }

  private record One(CloudCase machine, Bytes document, Verifier verifier, Claims claims) {}

  /** Made when it is needed: it has keys. */
  private One one() throws Exception {
    if (one == null) {
      CloudCase machine = maker.make();
      Bytes document = machine.document();
      Verifier verifier = machine.verifier();
      Claims claims = verifier.verify(document, machine.challenge()).claims().orElseThrow();
      one = new One(machine, document, verifier, claims);
    }
    return one;
  }

  private Appraisal judge(Bytes document) throws Exception {
    One genuine = one();
    Appraisal appraisal = genuine.verifier().verify(document, genuine.machine().challenge());
    if (!appraisal.accepted()) {
      throw new MalformedException("document", "is not accepted");
    }
    Claims claims = appraisal.claims().orElseThrow();
    boolean same =
        claims.userData().equals(genuine.claims().userData())
            && claims.measurements().equals(genuine.claims().measurements());
    // A key's public area is not signed: whoever changes it hides its name, and says no other.
    if (!same
        || !genuine.claims().identity().entrySet().containsAll(claims.identity().entrySet())) {
      throw new AssertionError("a forgery is accepted");
    }
    return appraisal;
  }
}
