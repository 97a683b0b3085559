package dev.asterism.cli;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.snp.ClusterFile;
import dev.asterism.attestation.snp.SnpIssuer;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.SnpGuests;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How an SEV-SNP guest makes evidence about itself. */
final class SnpOptions {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  @Option(
      names = "--snp",
      paramLabel = "DEVICE",
      description = {
        "With sev-snp, and on AWS and Google: tsm:DIR, /dev/sev-guest or software:FILE (default: the",
        "kernel's configfs, else /dev/sev-guest)."
      })
  private @Nullable String device;

  @Option(
      names = "--snp-vmpl",
      paramLabel = "0-3",
      description = "The privilege level that reports name (default: the guest's own).")
  private @Nullable Integer vmpl;

  @Option(
      names = "--snp-cluster-file",
      paramLabel = "FILE",
      defaultValue = "/run/asterism/cluster-id",
      description = {
        "Holds the cluster ID once the node has joined; gone after a reboot",
        "(default: ${DEFAULT-VALUE})."
      })
  private Path clusterFile = Path.of("");

  SnpOptions() {}

  SnpIssuer issuer() throws MalformedException {
    try {
      return new SnpIssuer(SnpGuests.open(device, vmpl), new ClusterFile(clusterFile), bootId());
    } catch (IOException e) {
      throw new MalformedException("--snp", String.valueOf(e.getMessage()));
    }
  }

  /** The guest, for variants whose documents carry its report beside a TPM's quotes. */
  SnpGuest guest() throws MalformedException {
    try {
      return SnpGuests.open(device, vmpl);
    } catch (IOException e) {
      throw new MalformedException("--snp", String.valueOf(e.getMessage()));
    }
  }

  ClusterRegister register() {
    return new ClusterFile(clusterFile);
  }

  private static Bytes bootId() throws IOException, MalformedException {
    String uuid = new String(AtomicFile.read(BOOT_ID, 64).toArray(), StandardCharsets.US_ASCII);
    return Bytes.ofHex("boot id", uuid.strip().replace("-", ""));
  }
}
