package dev.asterism.mini;

import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * What the firmware of a mini node does when the machine is switched on: measures a unified kernel
 * image into the TPM, as systemd-stub has it, and writes the log. The image is a few words instead
 * of a kernel; log, digests and registers are real.
 */
final class MeasuredBoot {
  private static final String FIRMWARE = "asterism mini firmware 1";
  private static final String COMMAND_LINE = "root=/dev/mapper/root ro quiet";
  private static final String OS_RELEASE = "ID=asterism-mini\nVERSION_ID=1\n";
  private static final String INITRD = "asterism mini initrd 1";

  private final String kernel;
  private final Firmware firmware;

  private MeasuredBoot(String kernel, Firmware firmware) {
    this.kernel = kernel;
    this.firmware = firmware;
  }

  /** Who starts the machine. */
  enum Firmware {
    PLAIN(-1),
    /** Google's, on a machine whose memory is not encrypted. */
    GCE(0),
    /** Google's, by the firmware's word with SEV-ES. */
    GCE_SEV_ES(2),
    /** Google's, by the firmware's word with SEV-SNP. */
    GCE_SEV_SNP(4);

    private final int technology;

    Firmware(int technology) {
      this.technology = technology;
    }
  }

  /** The boot chain that the reference values describe. */
  static MeasuredBoot reference() {
    return new MeasuredBoot("asterism mini kernel 1", Firmware.PLAIN);
  }

  /** The same with another kernel in the image. */
  static MeasuredBoot tampered() {
    return new MeasuredBoot("asterism mini kernel 1, with a back door", Firmware.PLAIN);
  }

  /** The same, started by other firmware. */
  MeasuredBoot by(Firmware other) {
    return new MeasuredBoot(kernel, other);
  }

  /** Switches the machine on: extends every allocated bank of the TPM, and returns the log. */
  Bytes run(Tpm tpm) throws IOException {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.startup();
      EventLogWriter writer = measure(client.pcrBanks());
      for (EventLog.Event event : writer.log().events()) {
        if (event.isExtended()) {
          client.pcrExtend((int) event.register(), event.digests());
        }
      }
      return writer.toBytes();
    }
  }

  /** The log alone, for reference values. */
  EventLog log(Digests bank) {
    return measure(Set.of(bank)).log();
  }

  private EventLogWriter measure(Set<Digests> banks) {
    var log = new EventLogWriter(banks);
    firmware(log, firmware);
    image(log);
    return log;
  }

  private static void firmware(EventLogWriter log, Firmware firmware) {
    if (firmware == Firmware.PLAIN) {
      log.event(0, EventType.S_CRTM_VERSION, utf16(FIRMWARE));
    } else {
      log.event(0, EventType.S_CRTM_VERSION, utf16("GCE Virtual Firmware v1"));
      log.event(
          0,
          EventType.NONHOST_INFO,
          new ByteWriter()
              .bytes(Bytes.ofUtf8("GCE NonHostInfo\0"))
              .u8(firmware.technology)
              .bytes(Bytes.zeros(15))
              .toBytes());
    }
    log.measured(
        0,
        EventType.EFI_PLATFORM_FIRMWARE_BLOB,
        Bytes.ofUtf8(FIRMWARE + ", volume 1"),
        Bytes.zeros(16));
    for (String variable : new String[] {"SecureBoot", "PK", "KEK", "db", "dbx"}) {
      log.event(7, EventType.EFI_VARIABLE_DRIVER_CONFIG, utf16(variable));
    }
    log.event(1, EventType.EFI_VARIABLE_BOOT, utf16("BootOrder"));
    log.action(4, "Calling EFI Application from Boot Option");
    log.separators();
    log.event(5, EventType.EFI_GPT_EVENT, Bytes.ofUtf8("asterism mini partition table 1"));
  }

  private void image(EventLogWriter log) {
    String image = String.join("|", kernel, COMMAND_LINE, OS_RELEASE, INITRD);
    application(log, "unified kernel image " + image);
    section(log, ".linux", Bytes.ofUtf8(kernel));
    section(log, ".osrel", Bytes.ofUtf8(OS_RELEASE));
    section(log, ".cmdline", Bytes.ofUtf8(COMMAND_LINE));
    section(log, ".initrd", Bytes.ofUtf8(INITRD));
    application(log, kernel);
    log.event(9, EventType.EVENT_TAG, utf16(COMMAND_LINE));
    log.measured(9, EventType.EVENT_TAG, Bytes.ofUtf8(INITRD), Bytes.ofUtf8("Linux initrd"));
    log.action(5, "Exit Boot Services Invocation");
    log.action(5, "Exit Boot Services Returned with Success");
  }

  /** The digest covers the program; the log only says where it was. */
  private static void application(EventLogWriter log, String program) {
    log.measured(
        4, EventType.EFI_BOOT_SERVICES_APPLICATION, Bytes.ofUtf8(program), Bytes.zeros(32));
  }

  /** systemd-stub measures a section's name, then its content. */
  private static void section(EventLogWriter log, String name, Bytes content) {
    Bytes named = Bytes.ofUtf8(name + "\0");
    log.measured(11, EventType.IPL, named, utf16(name));
    log.measured(11, EventType.IPL, content, utf16(name));
  }

  private static Bytes utf16(String text) {
    return Bytes.of((text + "\0").getBytes(StandardCharsets.UTF_16LE));
  }
}
