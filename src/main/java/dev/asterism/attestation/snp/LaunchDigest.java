package dev.asterism.attestation.snp;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Predicts the launch measurement of a guest that QEMU starts under KVM. */
public final class LaunchDigest {
  private static final long RESET_VECTOR = 0xffff_fff0L;
  private static final String TABLE = "9438d606-4f22-4cc9-b479-a793d411fd21";
  private static final String COMMAND_LINE = "97d02dd8-bd20-4c94-aa78-e7714d36ab2a";
  private static final String INITRD = "44baf731-3a2f-4bd7-9af1-41e29169781d";
  private static final String KERNEL = "4de79437-abd2-427f-b835-d5b172d2045b";
  private static final int HEADER = 18;
  private static final int ENTRY = HEADER + 32;

  private LaunchDigest() {}

  /**
   * What is booted directly, without a boot loader.
   *
   * @param initrd empty where there is none
   */
  public record DirectBoot(Bytes kernel, Bytes initrd, String commandLine) {}

  /**
   * The virtual processors.
   *
   * @param signature family, model and stepping as CPUID function 1 gives them in EAX
   */
  public record Processors(int count, long signature) {
    public Processors {
      if (count < 1 || count > 512) {
        throw new IllegalArgumentException("1 to 512 processors");
      }
    }
  }

  /**
   * The measurement, 48 bytes.
   *
   * @param firmware OVMF, one file of code and variables
   * @param boot null: the firmware finds a boot loader itself, which is not measured here
   */
  public static Bytes of(Bytes firmware, @Nullable DirectBoot boot, Processors processors)
      throws MalformedException {
    Firmware ovmf = Firmware.parse(firmware);
    if (boot != null && ovmf.hashTable().isEmpty()) {
      throw new MalformedException("OVMF", "takes no hashes of a kernel: it would not be measured");
    }
    PageInfo pages = new PageInfo();
    pages.normal(ovmf.address(), ovmf.image());
    for (Firmware.Section section : ovmf.sections()) {
      switch (section.kind()) {
        case ZEROS -> pages.zeros(section.address(), section.length());
        case SECRETS -> pages.secrets(section.address());
        case CPUID -> pages.cpuid(section.address());
        case HASHES -> {
          if (boot == null) {
            pages.zeros(section.address(), section.length());
          } else {
            pages.normal(section.address(), hashes(boot, ovmf.hashTable().orElseThrow()));
          }
        }
      }
    }
    long features = SaveArea.features();
    pages.saveArea(SaveArea.of(RESET_VECTOR, processors.signature(), features));
    Bytes others = SaveArea.of(ovmf.resetAddress(), processors.signature(), features);
    for (int i = 1; i < processors.count(); i++) {
      pages.saveArea(others);
    }
    return pages.digest();
  }

  /** The page that holds the table, at its place in it. */
  private static Bytes hashes(DirectBoot boot, long address) throws MalformedException {
    Bytes commandLine = Bytes.of((boot.commandLine() + "\0").getBytes(StandardCharsets.UTF_8));
    ByteWriter table = new ByteWriter().bytes(Firmware.guid(TABLE)).u16le(HEADER + 3 * ENTRY);
    entry(table, COMMAND_LINE, commandLine);
    entry(table, INITRD, boot.initrd());
    entry(table, KERNEL, boot.kernel());
    Bytes content = table.toBytes();
    int offset = (int) (address % PageInfo.PAGE);
    int rest = PageInfo.PAGE - offset - content.length();
    if (rest < 0) {
      throw new MalformedException("OVMF", "has its hash table across two pages");
    }
    return Bytes.concat(Bytes.zeros(offset), content, Bytes.zeros(rest));
  }

  private static void entry(ByteWriter table, String guid, Bytes content) {
    table.bytes(Firmware.guid(guid)).u16le(ENTRY).bytes(Digests.SHA256.of(content));
  }

  /** CPUID function 1, EAX (AMD 24594): family, model and stepping put together. */
  public static long signature(int family, int model, int stepping) {
    int base = Math.min(family, 0xf);
    int extended = family - base;
    return (long) extended << 20
        | (long) (model >> 4) << 16
        | (long) base << 8
        | (long) (model & 0xf) << 4
        | (stepping & 0xf);
  }
}
