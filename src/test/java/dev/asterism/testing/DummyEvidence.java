package dev.asterism.testing;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence without hardware: {@code {"UserData": b64, "Nonce": b64}}, bound as real evidence is and
 * signed by nobody.
 */
public final class DummyEvidence {
  public static final CheckId DOCUMENT = new CheckId("dummy.document", Stage.PARSE);
  public static final CheckId USER_DATA = new CheckId("dummy.user-data", Stage.BINDING);
  public static final CheckId NONCE = new CheckId("dummy.nonce", Stage.NONCE);
  public static final CheckId COLLATERAL = new CheckId("dummy.collateral", Stage.TCB);

  private DummyEvidence() {}

  public static Bytes document(Bytes userData, Bytes nonce) {
    ObjectNode document = Json.newObject();
    document.put("UserData", userData.base64());
    document.put("Nonce", nonce.base64());
    return Bytes.ofUtf8(Json.line(document));
  }

  public static Issuer issuer(Variant variant) {
    return issuer(variant, DummyEvidence::document);
  }

  /** An issuer that answers what {@code issue} makes of the user data and the nonce. */
  public static Issuer issuer(Variant variant, Issue issue) {
    return new Issuer() {
      @Override
      public Variant variant() {
        return variant;
      }

      @Override
      public Bytes issue(Bytes userData, Bytes nonce) {
        return issue.document(userData, nonce);
      }
    };
  }

  @FunctionalInterface
  public interface Issue {
    Bytes document(Bytes userData, Bytes nonce);
  }

  /** Accepts what is bound to key and nonce. */
  public static Verifier verifier(Variant variant) {
    return new DummyVerifier(variant, true);
  }

  /** Cannot decide about what the other one accepts. */
  public static Verifier undecidedVerifier(Variant variant) {
    return new DummyVerifier(variant, false);
  }

  private record DummyVerifier(Variant variant, boolean collateral) implements Verifier {
    @Override
    public Appraisal verify(Bytes document, Challenge challenge) {
      var checklist = new Checklist(List.of(DOCUMENT, USER_DATA, NONCE, COLLATERAL));
      Bytes userData;
      try {
        ObjectNode json = Json.object("document", document);
        userData = Json.base64(json, "UserData");
        Bytes nonce = Json.base64(json, "Nonce");
        checklist.pass(DOCUMENT, "");
        if (challenge.userData() == null) {
          checklist.skip(USER_DATA, "unknown");
        } else {
          checklist.equal(USER_DATA, challenge.userData(), userData);
        }
        checklist.equal(NONCE, challenge.nonce(), nonce);
      } catch (MalformedException e) {
        checklist.fail(DOCUMENT, e.getMessage());
        return checklist.conclude(null);
      }
      if (collateral) {
        checklist.pass(COLLATERAL, "");
      } else {
        checklist.unavailable(COLLATERAL, "the vendor does not answer");
      }
      return checklist.conclude(
          checklist.anyFailed() ? null : new Claims(variant, userData, new TreeMap<>(), Map.of()));
    }
  }
}
