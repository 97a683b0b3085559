package dev.asterism.device;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The product lines that processors in software come in, and what differs between them. */
public enum SoftwareLine {
  MILAN("Milan", 3, "190101", 64, 0xdb18000000000004L),
  GENOA("Genoa", 5, "191101", 64, 0x541900000000000aL),
  TURIN("Turin", 5, "1a0201", 8, 0x4700000002000100L);

  private final String id;
  private final int version;
  private final String cpuid;
  private final int hardwareIdLength;
  private final long tcb;

  SoftwareLine(String id, int version, String cpuid, int hardwareIdLength, long tcb) {
    this.id = id;
    this.version = version;
    this.cpuid = cpuid;
    this.hardwareIdLength = hardwareIdLength;
    this.tcb = tcb;
  }

  /** As certificates spell it. */
  public String id() {
    return id;
  }

  /** Of the reports that it makes. */
  public int reportVersion() {
    return version;
  }

  /** Family, model, stepping. */
  public Bytes cpuid() {
    try {
      return Bytes.ofHex("cpuid", cpuid);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  public int hardwareIdLength() {
    return hardwareIdLength;
  }

  /** A TCB version that such processors really have. */
  public long tcb() {
    return tcb;
  }

  /** The versions of a TCB by the names that configurations have for its components. */
  public Map<String, Integer> versions(long raw) {
    int first = this == TURIN ? 1 : 0;
    Map<String, Integer> versions = new LinkedHashMap<>();
    if (this == TURIN) {
      versions.put("fmc", part(raw, 0));
    }
    versions.put("bootloader", part(raw, first));
    versions.put("tee", part(raw, first + 1));
    versions.put("snp", part(raw, this == TURIN ? 3 : 6));
    versions.put("microcode", part(raw, 7));
    return versions;
  }

  private static int part(long raw, int index) {
    return (int) (raw >>> (Byte.SIZE * index)) & 0xff;
  }

  public static Optional<SoftwareLine> byId(String id) {
    return Arrays.stream(values()).filter(l -> l.id.equalsIgnoreCase(id)).findAny();
  }
}
