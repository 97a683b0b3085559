package dev.asterism.testing;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The simplest evidence there is: the file {@code password} must hold the input {@code nonce}, and
 * the year must not be past 2026. A prefix passes where the inputs say {@code "lenient": true},
 * every password is undecided where they say {@code "offline": true}, and one that is not of four
 * bytes cannot be read where they say {@code "framed": true}.
 */
public final class PasswordKind implements EvidenceKind {
  public static final String KIND = "password";

  private static final CheckId WORD = new CheckId("password.word", Stage.SIGNATURE);
  private static final CheckId TIME = new CheckId("password.time", Stage.TIME);

  @Override
  public Set<String> kinds() {
    return Set.of(KIND);
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    var inputs = bundle.inputs();
    if (inputs.has("explode")) {
      throw new IllegalStateException("a bug");
    }
    Bytes word = bundle.file("password");
    if (inputs.has("framed") && word.length() != 4) {
      throw new MalformedException("files.password", "is not of four bytes");
    }
    Bytes nonce =
        own.nonce() == null
            ? Bytes.ofHex("inputs.nonce", Json.string(inputs, "nonce"))
            : own.nonce();
    var checks = new Checklist(List.of(WORD, TIME));
    checks.check(TIME, at.isBefore(Instant.parse("2027-01-01T00:00:00Z")), "before 2027", "" + at);
    if (inputs.has("offline")) {
      checks.unavailable(WORD, "nobody to ask");
    } else if (inputs.has("lenient") && nonce.hex().startsWith(word.hex())) {
      checks.pass(WORD, "it begins well");
    } else {
      checks.equal(WORD, nonce, word);
    }
    return checks.conclude(null);
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    return List.of(new Fact("password", bundle.file("password").hex()));
  }
}
