package dev.asterism.attestation.snp;

import dev.asterism.attestation.snp.TcbMinimum.Kind;
import dev.asterism.attestation.snp.TcbVersion.Component;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the wire contract (section 5) says of SNP in an attestation config, with our member {@code
 * snp} beside it: where that lists a minimum for a product line, it counts.
 *
 * @param certificates of authority and root, where evidence brings none
 */
public record ContractSnp(SnpConfig config, CertificateSet certificates) {
  /** Old peers know no other line, and its components only. */
  private static final ProductLine LINE = ProductLine.MILAN;

  private static final Map<String, Component> VERSIONS =
      Map.of(
          "bootloaderVersion", Component.BOOT_LOADER,
          "teeVersion", Component.TEE,
          "snpVersion", Component.SNP,
          "microcodeVersion", Component.MICROCODE);
  private static final int LARGEST = 255;

  /**
   * Reads it.
   *
   * @param kinds which of a report's TCB versions must reach the contract's minimum
   */
  public static ContractSnp parse(ObjectNode attestationConfig, Set<Kind> kinds)
      throws MalformedException {
    SnpConfig own = SnpConfig.parse(attestationConfig);
    Map<ProductLine, TcbMinimum> minima = new HashMap<>(own.policy().minimumTcb());
    Map<Component, Integer> versions = versions(attestationConfig);
    if (!versions.isEmpty()) {
      Map<Kind, Map<Component, Integer>> parts = new EnumMap<>(Kind.class);
      kinds.forEach(kind -> parts.put(kind, versions));
      minima.putIfAbsent(LINE, new TcbMinimum(parts));
    }
    return new ContractSnp(
        new SnpConfig(own.policy().requiring(minima), own.roots(), own.revocation()),
        new CertificateSet(
            null,
            certificate(attestationConfig, "amdSigningKey"),
            certificate(attestationConfig, "amdRootKey"),
            null));
  }

  /** The same, which takes the VLEK of any provider: the caller looks at it himself. */
  public ContractSnp ofAnyProvider() {
    return new ContractSnp(
        new SnpConfig(config.policy().ofAnyProvider(), config.roots(), config.revocation()),
        certificates);
  }

  private static Map<Component, Integer> versions(ObjectNode config) throws MalformedException {
    Map<Component, Integer> versions = new EnumMap<>(Component.class);
    for (Map.Entry<String, Component> entry : VERSIONS.entrySet()) {
      JsonNode value = config.get(entry.getKey());
      if (value != null && value.isString()) {
        throw new MalformedException(
            entry.getKey(), "is no number: resolve latest before it reaches a cluster");
      }
      if (value != null && !value.isNull()) {
        versions.put(entry.getValue(), (int) ConfigReader.number(entry.getKey(), value, LARGEST));
      }
    }
    return versions;
  }

  private static @Nullable Bytes certificate(ObjectNode config, String member)
      throws MalformedException {
    String pem = Json.optionalString(config, member);
    if (pem == null || pem.isBlank()) {
      return null;
    }
    X509Certificate certificate = Pem.certificates(member, pem).getFirst();
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new MalformedException(member, "cannot be encoded");
    }
  }
}
