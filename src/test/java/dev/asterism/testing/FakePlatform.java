package dev.asterism.testing;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * A platform whose evidence anybody can write: JSON with the user data, the nonce, the PCRs as hex,
 * and who the machine is. It shows what a policy does with measurements, and proves nothing.
 */
public final class FakePlatform implements Platform {
  public static final CheckId PARSE = new CheckId("fake.parse", Stage.PARSE);
  public static final CheckId NONCE = new CheckId("fake.nonce", Stage.NONCE);
  public static final CheckId USER_DATA = new CheckId("fake.user-data", Stage.BINDING);
  public static final CheckId PCRS = new CheckId("fake.pcrs", Stage.PCRS);

  @Override
  public Variant variant() {
    return Variant.QEMU_VTPM;
  }

  @Override
  public Policy policy(ObjectNode config) throws MalformedException {
    return new FakePolicy(
        Measurements.parse(Json.child(config, "measurements"), Digests.SHA256.length(), 24));
  }

  /** Evidence of one machine, always the same, whose PCRs have these values. */
  public static Issuer issuer(Map<Integer, Bytes> pcrs) {
    return issuer(pcrs, machine("a machine"));
  }

  /** What evidence proves of a machine; another text, another machine. */
  public static Map<Identifier, String> machine(String which) {
    return Map.of(
        Identifier.AK_KEY,
        Digests.SHA256.of(Bytes.ofUtf8(which)).hex(),
        Identifier.AK_NAME,
        "000b" + Digests.SHA256.of(Bytes.ofUtf8("name of " + which)).hex());
  }

  /** Evidence of a machine whose PCRs have these values; all others are zero. */
  public static Issuer issuer(Map<Integer, Bytes> pcrs, Map<Identifier, String> machine) {
    return new Issuer() {
      @Override
      public Variant variant() {
        return Variant.QEMU_VTPM;
      }

      @Override
      public Bytes issue(Bytes userData, Bytes nonce) {
        ObjectNode document = Json.newObject();
        document.put("userData", userData.hex()).put("nonce", nonce.hex());
        ObjectNode registers = document.putObject("pcrs");
        pcrs.forEach((index, value) -> registers.put(Integer.toString(index), value.hex()));
        ObjectNode identity = document.putObject("identity");
        machine.forEach((identifier, value) -> identity.put(identifier.name(), value));
        return Bytes.ofUtf8(Json.line(document));
      }
    };
  }

  private record FakePolicy(Measurements measurements) implements Policy {
    @Override
    public Variant variant() {
      return Variant.QEMU_VTPM;
    }

    @Override
    public Policy with(Measurements other) {
      return new FakePolicy(other);
    }

    @Override
    public Verifier verifier() {
      return new FakeVerifier(measurements);
    }
  }

  private record FakeVerifier(Measurements reference) implements Verifier {
    @Override
    public Variant variant() {
      return Variant.QEMU_VTPM;
    }

    @Override
    public Appraisal verify(Bytes document, Challenge challenge) {
      var checks = new Checklist(List.of(PARSE, NONCE, USER_DATA, PCRS));
      try {
        ObjectNode node = Json.object("document", document);
        checks.pass(PARSE, "");
        checks.equal(NONCE, challenge.nonce(), hex(node, "nonce"));
        Bytes userData = hex(node, "userData");
        if (challenge.userData() == null) {
          checks.skip(USER_DATA, "not known");
        } else {
          checks.equal(USER_DATA, challenge.userData(), userData);
        }
        SortedMap<Integer, Bytes> pcrs = pcrs(Json.child(node, "pcrs"));
        reference
            .byIndex()
            .forEach((index, m) -> {
              Bytes actual = pcrs.getOrDefault(index, Bytes.zeros(32));
              checks.check(
                  PCRS,
                  "PCR " + index,
                  m.warnOnly() || m.matches(actual),
                  m.expected().hex(),
                  actual.hex());
            });
        if (reference.byIndex().isEmpty()) {
          checks.pass(PCRS, "no reference values");
        }
        return checks.conclude(
            new Claims(variant(), userData, pcrs, identity(Json.child(node, "identity"))));
      } catch (MalformedException e) {
        checks.fail(PARSE, String.valueOf(e.getMessage()));
        return checks.conclude(null);
      }
    }

    private static Map<Identifier, String> identity(ObjectNode node) throws MalformedException {
      var identity = new EnumMap<Identifier, String>(Identifier.class);
      for (String name : node.propertyNames()) {
        identity.put(Identifier.valueOf(name), Json.string(node, name));
      }
      return identity;
    }

    private static Bytes hex(ObjectNode node, String member) throws MalformedException {
      return Bytes.ofHex(member, Json.string(node, member));
    }

    private static SortedMap<Integer, Bytes> pcrs(ObjectNode node) throws MalformedException {
      var pcrs = new TreeMap<Integer, Bytes>();
      for (String name : node.propertyNames()) {
        pcrs.put(Integer.parseInt(name), hex(node, name));
      }
      return pcrs;
    }
  }
}
