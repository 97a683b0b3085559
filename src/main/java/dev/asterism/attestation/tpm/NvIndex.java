package dev.asterism.attestation.tpm;

import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.Optional;

/** One index of a TPM's NV memory: ordinary bytes, read and written with the owner's authority. */
public final class NvIndex {
  /** TPMA_NV: owner and index may write and read, dictionary attacks are not counted. */
  private static final long ATTRIBUTES = 0x02060006L;

  /** TPMA_NV_AUTHWRITE, TPMA_NV_AUTHREAD: by the index's own (empty) password alone. */
  private static final long EXCHANGE = 0x00040004L;

  /** TPMA_NV_AUTHREAD: the index's own (empty) password reads it. */
  private static final long AUTH_READ = 1L << 18;

  /** Every TPM moves at least this much in one command. */
  private static final int CHUNK = 512;

  private final Tpm.Conversation conversation;
  private final long index;

  NvIndex(Tpm.Conversation conversation, long index) {
    this.conversation = conversation;
    this.index = index;
  }

  /** All its bytes; empty where it is not defined. */
  public Optional<Bytes> read() throws IOException {
    Optional<Area> area = area();
    if (area.isEmpty()) {
      return Optional.empty();
    }
    // An index that its maker (a cloud) keeps from the owner is read with its own empty password.
    long authority = (area.get().attributes() & AUTH_READ) != 0 ? index : Tpm2.RH_OWNER;
    return Optional.of(read(authority, area.get().size()));
  }

  private Bytes read(long authority, int size) throws IOException {
    ByteWriter all = new ByteWriter();
    for (int offset = 0; offset < size; offset += CHUNK) {
      all.bytes(readAt(authority, offset, Math.min(CHUNK, size - offset)));
    }
    return all.toBytes();
  }

  /** Defines it, and writes {@code content} to it; what it held is gone. */
  public void store(Bytes content) throws IOException {
    if (area().isPresent()) {
      undefine();
    }
    define(ATTRIBUTES, content.length());
    write(Tpm2.RH_OWNER, content);
  }

  private void define(long attributes, int size) throws IOException {
    Bytes publicArea =
        new ByteWriter()
            .u32be(index)
            .u16be(Tpm2.ALG_SHA256)
            .u32be(attributes)
            .u16be(0)
            .u16be(size)
            .toBytes();
    new TpmCommand("TPM2_NV_DefineSpace", Tpm2.CC_NV_DEFINE_SPACE)
        .authorized(Tpm2.RH_OWNER)
        .parameters(p -> p.u16be(0).sized16be(publicArea))
        .run(conversation);
  }

  private void write(long authority, Bytes content) throws IOException {
    for (int offset = 0; offset < content.length(); offset += CHUNK) {
      int from = offset;
      Bytes part = content.slice(from, Math.min(from + CHUNK, content.length()));
      new TpmCommand("TPM2_NV_Write", Tpm2.CC_NV_WRITE)
          .authorized(authority)
          .handle(index)
          .parameters(p -> p.sized16be(part).u16be(from))
          .run(conversation);
    }
  }

  /**
   * Has the TPM answer by a vendor's command: defines the index, writes what is asked, and reads
   * the answer from where that was. The index is gone afterwards, and what it held before is lost.
   *
   * @param name of the command, for messages
   * @param size of the index, for both
   */
  public Bytes exchange(String name, int code, Bytes asked, int size) throws IOException {
    if (area().isPresent()) {
      // Of one that was cut off: its conversation was closed, or its process killed.
      undefine();
    }
    define(EXCHANGE, size);
    try {
      write(index, asked);
      new TpmCommand(name, code).authorized(index).handle(index).run(conversation);
      return read(index, size);
    } finally {
      undefine();
    }
  }

  /** Removes it. */
  public void undefine() throws IOException {
    new TpmCommand("TPM2_NV_UndefineSpace", Tpm2.CC_NV_UNDEFINE_SPACE)
        .authorized(Tpm2.RH_OWNER)
        .handle(index)
        .run(conversation);
  }

  private record Area(long attributes, int size) {}

  private Optional<Area> area() throws IOException {
    return ifThere(
        conversation,
        new TpmCommand("TPM2_NV_ReadPublic", Tpm2.CC_NV_READ_PUBLIC).handle(index),
        in -> {
          ByteReader area = in.narrow("nvPublic", in.u16be("nvPublic.size"));
          area.u32be("nvIndex");
          area.u16be("nameAlg");
          long attributes = area.u32be("attributes");
          area.bytes("authPolicy", area.u16be("authPolicy.size"));
          return new Area(attributes, area.u16be("dataSize"));
        });
  }

  private Bytes readAt(long authority, int offset, int size) throws IOException {
    return new TpmCommand("TPM2_NV_Read", Tpm2.CC_NV_READ)
        .authorized(authority)
        .handle(index)
        .parameters(p -> p.u16be(size).u16be(offset))
        .ask(
            conversation,
            in -> {
              Bytes data = in.bytes("data", in.u16be("data.size"));
              if (data.length() != size) {
                throw new MalformedException("data", "has another size than was asked for");
              }
              return data;
            });
  }

  static <T> Optional<T> ifThere(
      Tpm.Conversation conversation, TpmCommand command, TpmCommand.ResponseParser<T> parser)
      throws IOException {
    try {
      return Optional.of(command.ask(conversation, parser));
    } catch (TpmException e) {
      if (ResponseCodes.isNoSuchHandle(e.responseCode())) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
