package dev.asterism.admin;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bundles without evidence: inputs of a derivation, and what must come out of it. */
final class KnownAnswers {
  /** What a derivation gives is what the case says. */
  private static final CheckId OUTPUT = new CheckId("case.output", Stage.BINDING);

  /** A config or nonce of the caller's has nothing to act on. */
  private static final CheckId RULING = new CheckId("case.ruling", Stage.POLICY);

  private static final int MOST_CASES = 1000;

  private KnownAnswers() {}

  /** Derives anew what one case describes. */
  interface Derivation {
    /** One or more comparisons; a case that cannot be derived here is {@code unavailable}. */
    List<Check> compare(String name, ObjectNode aCase) throws MalformedException;
  }

  static Appraisal appraise(Bundle bundle, Bundle.Ruling own, Derivation derivation)
      throws MalformedException {
    var checks = new ArrayList<Check>();
    for (ObjectNode aCase : cases(bundle)) {
      checks.addAll(derivation.compare(name(aCase), aCase));
    }
    if (own.config() != null || own.nonce() != null) {
      checks.add(
          BundleChecks.note(
              RULING, Outcome.UNAVAILABLE, "a derivation is not judged by a config or a nonce"));
    }
    return BundleChecks.conclude(checks);
  }

  static List<Fact> show(Bundle bundle) throws MalformedException {
    var facts = new ArrayList<Fact>();
    for (ObjectNode aCase : cases(bundle)) {
      JsonFacts.flatten("case " + name(aCase), aCase, facts);
    }
    return facts;
  }

  /** The comparison of one output; {@code what} tells several of one case apart. */
  static Check equal(String name, String what, Bytes expected, Bytes actual) {
    return new Check(
        OUTPUT,
        what.isEmpty() ? name : name + ", " + what,
        expected.equals(actual) ? Outcome.PASSED : Outcome.FAILED,
        expected.hex(),
        actual.hex(),
        "");
  }

  static Check unavailable(String name, String why) {
    return new Check(OUTPUT, name, Outcome.UNAVAILABLE, "", "", why);
  }

  static Bytes hex(ObjectNode aCase, String member) throws MalformedException {
    return Bytes.ofHex("cases." + member, Json.string(aCase, member));
  }

  private static String name(ObjectNode aCase) throws MalformedException {
    String name = Json.optionalString(aCase, "name");
    return name == null ? "(unnamed)" : name;
  }

  private static List<ObjectNode> cases(Bundle bundle) throws MalformedException {
    JsonNode cases = bundle.manifest().get("cases");
    if (cases == null || !cases.isArray() || cases.isEmpty() || cases.size() > MOST_CASES) {
      throw new MalformedException("cases", "is not a list of 1 to " + MOST_CASES + " cases");
    }
    var list = new ArrayList<ObjectNode>();
    for (JsonNode aCase : cases) {
      if (!(aCase instanceof ObjectNode object)) {
        throw new MalformedException("cases", "holds something that is no case");
      }
      list.add(object);
    }
    return list;
  }
}
