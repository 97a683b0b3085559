package dev.asterism.mini;

import dev.asterism.attestation.snp.CertificateTable;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareAmd;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** SEV-SNP below the machines of a cloud: Milan, of a maker that only this cluster trusts. */
final class CloudSnp {
  private static final SoftwareLine LINE = SoftwareLine.MILAN;

  /** Keys shorter than AMD's are made faster. */
  private static final int RSA_BITS = 2048;

  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final Bytes MEASUREMENT =
      Digests.SHA384.of(Bytes.ofUtf8("asterism mini cloud firmware 1"));

  private final SecureRandom random;
  private final Instant now;

  /** Made where it is needed: not to boot a machine that is there. */
  private @Nullable SoftwareAmd made;

  CloudSnp(SecureRandom random, Instant now) {
    this.random = random;
    this.now = now;
  }

  private SoftwareAmd maker() {
    SoftwareAmd maker = made;
    if (maker == null) {
      maker = new SoftwareAmd(LINE, RSA_BITS, now);
      made = maker;
    }
    return maker;
  }

  /** AMD's lists of what is revoked: nothing. */
  void publish(MiniDir dir) throws IOException {
    Bytes list = maker().crl(now.minus(Duration.ofHours(1)), now.plus(VALIDITY), List.of());
    for (String key : List.of("vcek", "vlek")) {
      AtomicFile.write(
          dir.published().resolve(key + "/v1/" + LINE.id() + "/crl"), list, AtomicFile.PUBLIC);
    }
  }

  /** The contract's keys; returns {@code snp}. */
  ObjectNode configure(ObjectNode config) {
    config.put("amdRootKey", Pem.encode(maker().root()));
    Map<String, Integer> versions = LINE.versions(LINE.tcb());
    versions.forEach((name, version) -> config.put(name + "Version", version));
    ObjectNode snp = config.putObject("snp");
    snp.putArray("measurements").add(MEASUREMENT.hex());
    snp.putArray("platform").add("aliasCheck");
    return snp;
  }

  /** A guest on a chip whose own key signs. */
  SoftwareSnp launch() {
    return SoftwareSnp.launch(maker(), MEASUREMENT, LINE.tcb(), Bytes.EMPTY, random);
  }

  /** A guest in a provider's fleet. */
  SoftwareSnp launchInFleet(String provider) {
    return SoftwareSnp.launchInFleet(maker(), provider, MEASUREMENT, LINE.tcb(), random);
  }

  /** That of a chip's key, PEM. */
  static String certificate(SoftwareSnp guest) throws IOException {
    try {
      Bytes certificate =
          CertificateTable.parse(guest.certificates()).find(CertificateTable.VCEK).orElseThrow();
      return Pem.encode("CERTIFICATE", certificate);
    } catch (MalformedException e) {
      throw new IOException("a certificate table of our own making is not one", e);
    }
  }

  /** Those above it: ASK and ARK, PEM. */
  String chain() {
    return Pem.encode(maker().intermediate()) + Pem.encode(maker().root());
  }

  /** Switches a machine on: its guest begins anew. */
  SoftwareSnp relaunch(NodeDir place) throws IOException {
    SoftwareSnp guest = SoftwareSnp.read(place.softwareSnp()).relaunched(random);
    guest.write(place.softwareSnp());
    return guest;
  }
}
