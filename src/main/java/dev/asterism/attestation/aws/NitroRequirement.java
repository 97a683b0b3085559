package dev.asterism.attestation.aws;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.TrustAnchor;
import dev.asterism.attestation.TrustedRoots;
import dev.asterism.attestation.tpm.AkBinding.Presented;
import dev.asterism.attestation.tpm.SigningKeys;
import dev.asterism.attestation.tpm.VtpmDocument;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * That the Nitro hypervisor signs who has the key: the member {@code nitroDocument} of an
 * attestation config. The document is one of ours in the instance info, beside what old nodes have
 * there.
 *
 * <p>It is the guest that says which key the document names. So the document proves the key only of
 * a guest whose software is known: its SHA-384 registers must be listed.
 */
final class NitroRequirement {
  static final CheckId AK = new CheckId("nitro.ak", Stage.BINDING);

  /** In the config, and in the instance info. */
  static final String MEMBER = "nitroDocument";

  private static final Set<String> MEMBERS = Set.of("pcrs", "roots");
  private static final int SHA384 = 48;
  private static final int PCRS = 24;

  private final NitroVerifier verifier;
  private final SortedMap<Integer, Bytes> pcrs;

  private NitroRequirement(NitroVerifier verifier, SortedMap<Integer, Bytes> pcrs) {
    this.verifier = verifier;
    this.pcrs = pcrs;
  }

  /** Empty where the config does not ask. */
  static Optional<NitroRequirement> parse(ObjectNode attestationConfig) throws MalformedException {
    if (!attestationConfig.hasNonNull(MEMBER)) {
      return Optional.empty();
    }
    ObjectNode node = Json.child(attestationConfig, MEMBER);
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!MEMBERS.contains(member.getKey())) {
        throw new MalformedException(MEMBER, "has a member that is neither pcrs nor roots");
      }
    }
    SortedMap<Integer, Bytes> pcrs = new TreeMap<>();
    Measurements.parse(Json.child(node, "pcrs"), SHA384, PCRS)
        .byIndex()
        .forEach((index, value) -> pcrs.put(index, value.expected()));
    if (pcrs.isEmpty()) {
      throw new MalformedException(
          MEMBER + ".pcrs",
          "must list at least one: of unknown software a document proves nothing");
    }
    return Optional.of(new NitroRequirement(new NitroVerifier(roots(node)), pcrs));
  }

  private static TrustedRoots roots(ObjectNode node) throws MalformedException {
    if (!node.hasNonNull("roots")) {
      return new TrustedRoots(List.of(), Set.of(TrustAnchor.AWS_NITRO_ROOT_G1));
    }
    if (!(node.get("roots") instanceof ArrayNode list) || list.isEmpty()) {
      throw new MalformedException(MEMBER + ".roots", "must list at least one");
    }
    List<String> listed = new ArrayList<>();
    list.forEach(root -> listed.add(root.asString("")));
    return TrustedRoots.listed(MEMBER + ".roots", listed);
  }

  static List<CheckId> plan() {
    List<CheckId> plan = new ArrayList<>(NitroVerifier.PLAN);
    plan.addAll(NitroClaims.PLAN);
    plan.addAll(List.of(NitroAk.KEY, AK, NitroAk.PCRS));
    return plan;
  }

  /** What the document proves of the machine; empty where a check failed. */
  Optional<Map<Identifier, String>> check(Checklist checks, Presented presented) {
    VtpmDocument document = presented.ofDocument();
    Bytes raw;
    try {
      raw = stated(document.instanceInfo());
    } catch (MalformedException e) {
      checks.fail(NitroVerifier.PARSE, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    // 1. The hypervisor made it, now, for us, and about software that we know.
    Optional<VerifiedNitroDocument> verified =
        verifier.verify(checks, raw, true, presented.challenge().at());
    if (verified.isEmpty()) {
      return Optional.empty();
    }
    Bytes extra = VtpmDocument.extra(document.userData(), presented.challenge().nonce());
    NitroClaims.check(checks, verified.get(), new NitroClaims.Expected(extra, null, pcrs, false));
    // 2. Which says that this is its key, and quotes the same registers.
    Optional<PublicKey> named = NitroAk.check(checks, verified.get());
    if (named.isEmpty()) {
      return Optional.empty();
    }
    checks.equal(AK, SigningKeys.spkiSha256(named.get()), SigningKeys.spkiSha256(presented.key()));
    NitroAk.checkPcrs(checks, verified.get(), quoted(document));
    return checks.anyFailed()
        ? Optional.empty()
        : Optional.of(Map.of(Identifier.INSTANCE_ID, verified.get().content().moduleId()));
  }

  private static Bytes stated(@Nullable Bytes instanceInfo) throws MalformedException {
    if (instanceInfo == null) {
      throw new MalformedException("InstanceInfo", "is missing");
    }
    return Json.base64(Json.object("InstanceInfo", instanceInfo), MEMBER);
  }

  /** As they are shown: the quote over them is still to be verified. */
  private static @Nullable Map<Integer, Bytes> quoted(VtpmDocument document) {
    return document.quotes().stream()
        .filter(q -> q.hash() == Digests.SHA384)
        .findFirst()
        .map(VtpmDocument.BankQuote::pcrs)
        .orElse(null);
  }
}
