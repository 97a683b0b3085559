package dev.asterism.mini;

import dev.asterism.attestation.Measurements;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.SortedMap;
import java.util.TreeMap;

/** The virtual TPMs of machines, of one kind, and what is booted under them. */
final class Vtpms {
  private static final int PCR_COUNT = 24;

  /** Registers that userland extends, or that nothing measures: not compared. */
  private static final int FIRST_UNUSED = 16;

  private final MiniDir dir;
  private final TpmKind kind;
  private final Processes processes;
  private final SecureRandom random;

  Vtpms(MiniDir dir, TpmKind kind, Processes processes, SecureRandom random) {
    this.dir = dir;
    this.kind = kind;
    this.processes = processes;
    this.random = random;
  }

  /** Where roles find a node's. */
  static String uri(MiniDir dir, NodePlan node, TpmKind kind) {
    return switch (kind) {
      case SOFTWARE -> "software:" + dir.node(node.name()).softwareTpm();
      case SWTPM -> Swtpm.uri(node);
    };
  }

  /** A new one, without power. */
  void create(NodePlan node) throws IOException {
    if (kind == TpmKind.SOFTWARE) {
      SoftwareTpm.create(dir.node(node.name()).softwareTpm(), random);
    }
  }

  /** Switches it on, has the firmware measure {@code boot}, and writes the log. */
  Tpm switchOn(NodePlan node, MeasuredBoot boot) throws IOException {
    NodeDir place = dir.node(node.name());
    Tpm tpm =
        switch (kind) {
          case SOFTWARE -> {
            var software = new SoftwareTpm(place.softwareTpm());
            software.powerCycle();
            yield software;
          }
          case SWTPM -> new Swtpm(processes).start(node, place.swtpm());
        };
    AtomicFile.write(place.eventLog(), boot.run(tpm), AtomicFile.PUBLIC);
    return tpm;
  }

  /**
   * What a node that booted the image, and has not joined, holds. Where another image than the
   * reference is good, honest nodes are welcome too: only what both hold counts.
   */
  static Measurements referenceValues(MeasuredBoot image, MeasuredBoot reference) {
    Digests bank = Digests.SHA256;
    SortedMap<Integer, Bytes> replayed = image.log(bank).replay(bank);
    var values = new TreeMap<Integer, Measurements.Measurement>();
    SortedMap<Integer, Bytes> other = reference.log(bank).replay(bank);
    for (int pcr = 0; pcr < Math.min(PCR_COUNT, FIRST_UNUSED); pcr++) {
      Bytes value = replayed.getOrDefault(pcr, Bytes.zeros(bank.length()));
      if (value.equals(other.getOrDefault(pcr, value))) {
        values.put(pcr, new Measurements.Measurement(value, false));
      }
    }
    return new Measurements(values);
  }
}
