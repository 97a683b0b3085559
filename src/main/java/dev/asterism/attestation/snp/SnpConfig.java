package dev.asterism.attestation.snp;

import dev.asterism.attestation.TrustAnchor;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The member {@code snp} of an attestation config; see {@code docs/sev-snp.md}. Every member of it
 * may be missing, and an unknown one is an error.
 *
 * @param policy which reports are good
 * @param roots the only root keys that are trusted
 */
public record SnpConfig(ReportPolicy policy, SnpRoots roots, Revocation revocation) {
  private static final String MEMBER = "snp";
  private static final Set<String> LISTS =
      Stream.of(ListedField.values()).map(ListedField::member).collect(Collectors.toSet());
  private static final Set<String> MEMBERS =
      Stream.concat(
              LISTS.stream(),
              Stream.of(
                  "cspIds",
                  "vmpl",
                  "allow",
                  "require",
                  "platform",
                  "minimumTcb",
                  "minimumGuestSvn",
                  "minimumReportVersion",
                  "maximumReportVersion",
                  "mitigations",
                  "revocation",
                  "roots"))
          .collect(Collectors.toSet());
  private static final long LARGEST_U32 = 0xffff_ffffL;

  /** Reads it from the config it is a member of. */
  public static SnpConfig parse(ObjectNode attestationConfig) throws MalformedException {
    boolean absent = !attestationConfig.hasNonNull(MEMBER);
    ConfigReader in =
        new ConfigReader(MEMBER, absent ? Json.newObject() : Json.child(attestationConfig, MEMBER));
    in.onlyHas(MEMBERS);
    return new SnpConfig(policy(in), roots(in, attestationConfig), revocation(in));
  }

  private static ReportPolicy policy(ConfigReader in) throws MalformedException {
    ReportPolicy basic = ReportPolicy.BASIC;
    ConfigReader mitigations =
        in.has("mitigations")
            ? in.child("mitigations")
            : new ConfigReader("mitigations", Json.newObject());
    mitigations.onlyHas(Set.of("launch", "current"));
    List<String> csps = in.strings("cspIds");
    return new ReportPolicy(
        guestBits(in, "allow", false).orElse(basic.allowed()),
        guestBits(in, "require", true).orElse(basic.required()),
        platformBits(in),
        vmpls(in),
        TcbConfig.parse(in),
        lists(in),
        // A VLEK stands for a whole fleet: whose, one has to say.
        csps == null ? Set.of() : Set.copyOf(csps),
        in.number("minimumGuestSvn", LARGEST_U32, basic.minimumGuestSvn()),
        in.number("minimumReportVersion", LARGEST_U32, basic.minimumVersion()),
        in.number("maximumReportVersion", LARGEST_U32, basic.maximumVersion()),
        mitigations.mask("launch"),
        mitigations.mask("current"));
  }

  private static Optional<Set<GuestPolicyBit>> guestBits(
      ConfigReader in, String member, boolean protect) throws MalformedException {
    List<String> names = in.strings(member);
    if (names == null) {
      return Optional.empty();
    }
    Set<GuestPolicyBit> bits = EnumSet.noneOf(GuestPolicyBit.class);
    for (String name : names) {
      bits.add(
          GuestPolicyBit.byId(name)
              .filter(b -> b.protects() == protect)
              .orElseThrow(() ->
                  new MalformedException(
                      in.at(member),
                      "lists something that is none of "
                          + Stream.of(GuestPolicyBit.values())
                              .filter(b -> b.protects() == protect)
                              .map(GuestPolicyBit::id)
                              .toList())));
    }
    return Optional.of(bits);
  }

  private static Set<PlatformInfoBit> platformBits(ConfigReader in) throws MalformedException {
    Set<PlatformInfoBit> bits = EnumSet.noneOf(PlatformInfoBit.class);
    for (String name : Optional.ofNullable(in.strings("platform")).orElse(List.of())) {
      bits.add(
          PlatformInfoBit.byId(name)
              .orElseThrow(() ->
                  new MalformedException(
                      in.at("platform"),
                      "lists something that is none of "
                          + Stream.of(PlatformInfoBit.values())
                              .map(PlatformInfoBit::id)
                              .toList())));
    }
    return bits;
  }

  private static Set<Long> vmpls(ConfigReader in) throws MalformedException {
    if (!in.has("vmpl")) {
      return ReportPolicy.BASIC.vmpls();
    }
    return vmpls(in.at("vmpl"), in.node().get("vmpl"));
  }

  static Set<Long> vmpls(String where, @Nullable JsonNode list) throws MalformedException {
    if (list == null || !list.isArray() || list.isEmpty()) {
      throw new MalformedException(where, "must list at least one privilege level");
    }
    Set<Long> vmpls = new HashSet<>();
    for (JsonNode item : list) {
      vmpls.add(ConfigReader.number(where, item, 3));
    }
    return vmpls;
  }

  private static Map<ListedField, Set<Bytes>> lists(ConfigReader in) throws MalformedException {
    Map<ListedField, Set<Bytes>> lists = new EnumMap<>(ListedField.class);
    for (ListedField field : ListedField.values()) {
      List<String> values = in.strings(field.member());
      if (values != null) {
        Set<Bytes> good = new HashSet<>();
        for (String value : values) {
          good.add(value(in, field, value));
        }
        lists.put(field, good);
      }
    }
    return lists;
  }

  private static Bytes value(ConfigReader in, ListedField field, String hex)
      throws MalformedException {
    int turin = ProductLine.TURIN.hardwareIdLength();
    return field == ListedField.CHIP_ID && hex.length() == 2 * turin
        ? VerifiedReport.padded(in.hex(field.member(), hex, turin))
        : in.hex(field.member(), hex, field.length());
  }

  private static Revocation revocation(ConfigReader in) throws MalformedException {
    String id = Json.optionalString(in.node(), "revocation");
    return id == null
        ? Revocation.REQUIRED
        : Revocation.byId(id)
            .orElseThrow(() ->
                new MalformedException(in.at("revocation"), "is neither required nor ifAvailable"));
  }

  /** {@code snp.roots}: ids of trust anchors and PEM; else the contract's {@code amdRootKey}. */
  private static SnpRoots roots(ConfigReader in, ObjectNode config) throws MalformedException {
    List<String> listed = in.strings("roots");
    String amdRootKey = Optional.ofNullable(Json.optionalString(config, "amdRootKey")).orElse("");
    boolean pinned = !amdRootKey.isBlank();
    if (listed == null) {
      return pinned
          ? SnpRoots.of("amdRootKey", Pem.certificates("amdRootKey", amdRootKey))
          : SnpRoots.AMD;
    }
    if (pinned) {
      throw new MalformedException("amdRootKey", "has no meaning beside snp.roots");
    }
    if (listed.isEmpty()) {
      throw new MalformedException(in.at("roots"), "must list at least one");
    }
    SnpRoots roots = new SnpRoots(Set.of());
    for (String root : listed) {
      roots = roots.and(root(in.at("roots"), root));
    }
    return roots;
  }

  private static SnpRoots root(String where, String text) throws MalformedException {
    Optional<TrustAnchor> anchor = TrustAnchor.byId(text);
    if (anchor.isPresent()) {
      return SnpRoots.of(where, anchor.get());
    }
    if (!text.contains("-----BEGIN")) {
      throw new MalformedException(where, "lists neither PEM nor the id of a trust anchor");
    }
    return SnpRoots.of(where, Pem.certificates(where, text));
  }
}
