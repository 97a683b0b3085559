package dev.asterism.attestation.eventlog;

/** Event types of the TCG PC Client Platform Firmware Profile, section 10.4.1. */
public final class EventType {
  public static final long NO_ACTION = 0x3;
  public static final long SEPARATOR = 0x4;
  public static final long EVENT_TAG = 0x6;
  public static final long S_CRTM_VERSION = 0x8;
  public static final long IPL = 0xd;
  public static final long NONHOST_INFO = 0x11;
  public static final long EFI_VARIABLE_DRIVER_CONFIG = 0x80000001L;
  public static final long EFI_VARIABLE_BOOT = 0x80000002L;
  public static final long EFI_BOOT_SERVICES_APPLICATION = 0x80000003L;
  public static final long EFI_BOOT_SERVICES_DRIVER = 0x80000004L;
  public static final long EFI_GPT_EVENT = 0x80000006L;
  public static final long EFI_ACTION = 0x80000007L;
  public static final long EFI_PLATFORM_FIRMWARE_BLOB = 0x80000008L;
  public static final long EFI_VARIABLE_BOOT2 = 0x8000000cL;
  public static final long EFI_VARIABLE_AUTHORITY = 0x800000e0L;

  private EventType() {}

  /** The specification's name, or the number in hex. */
  public static String name(long type) {
    return switch ((int) type) {
      case 0x3 -> "EV_NO_ACTION";
      case 0x4 -> "EV_SEPARATOR";
      case 0x5 -> "EV_ACTION";
      case 0x6 -> "EV_EVENT_TAG";
      case 0x7 -> "EV_S_CRTM_CONTENTS";
      case 0x8 -> "EV_S_CRTM_VERSION";
      case 0x9 -> "EV_CPU_MICROCODE";
      case 0xa -> "EV_PLATFORM_CONFIG_FLAGS";
      case 0xb -> "EV_TABLE_OF_DEVICES";
      case 0xc -> "EV_COMPACT_HASH";
      case 0xd -> "EV_IPL";
      case 0x11 -> "EV_NONHOST_INFO";
      case 0x12 -> "EV_OMIT_BOOT_DEVICE_EVENTS";
      case 0x80000001 -> "EV_EFI_VARIABLE_DRIVER_CONFIG";
      case 0x80000002 -> "EV_EFI_VARIABLE_BOOT";
      case 0x80000003 -> "EV_EFI_BOOT_SERVICES_APPLICATION";
      case 0x80000004 -> "EV_EFI_BOOT_SERVICES_DRIVER";
      case 0x80000005 -> "EV_EFI_RUNTIME_SERVICES_DRIVER";
      case 0x80000006 -> "EV_EFI_GPT_EVENT";
      case 0x80000007 -> "EV_EFI_ACTION";
      case 0x80000008 -> "EV_EFI_PLATFORM_FIRMWARE_BLOB";
      case 0x80000009 -> "EV_EFI_HANDOFF_TABLES";
      case 0x8000000a -> "EV_EFI_PLATFORM_FIRMWARE_BLOB2";
      case 0x8000000b -> "EV_EFI_HANDOFF_TABLES2";
      case 0x8000000c -> "EV_EFI_VARIABLE_BOOT2";
      case 0x80000010 -> "EV_EFI_HCRTM_EVENT";
      case 0x800000e0 -> "EV_EFI_VARIABLE_AUTHORITY";
      default -> "0x" + Long.toHexString(type);
    };
  }
}
