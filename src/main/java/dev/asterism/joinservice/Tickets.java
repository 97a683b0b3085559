package dev.asterism.joinservice;

import com.google.protobuf.ByteString;
import dev.asterism.crypto.Secret;
import dev.asterism.joinservice.Approvals.Approval;
import dev.asterism.joinservice.FaultPoints.Step;
import dev.asterism.keys.EmergencySshCa;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeyIds;
import dev.asterism.keys.KeySource;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.ClusterAccess;
import dev.asterism.kubernetes.ClusterAccess.Components;
import dev.asterism.kubernetes.ClusterAccess.ControlPlaneFile;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.CsrException;
import dev.asterism.kubernetes.JoinInProgressException;
import dev.asterism.kubernetes.TicketNumber;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.proto.join.control_plane_cert_or_key;
import dev.asterism.rpc.CallException;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts tickets together (wire contract, section 7). Every method wants an {@link Approval}: without
 * a proof there is nothing to call.
 */
final class Tickets {
  private final ClusterAccess cluster;
  private final KeySource keys;
  private final InstantSource clock;
  private final FaultPoints faults;

  Tickets(ClusterAccess cluster, KeySource keys, InstantSource clock, FaultPoints faults) {
    this.cluster = cluster;
    this.keys = keys;
    this.clock = clock;
    this.faults = faults;
  }

  /**
   * A ticket, and what may be recorded of it.
   *
   * @param principals of the host certificate; none where there is no such certificate
   */
  record Issued(
      IssueJoinTicketResponse response, String componentsReference, List<String> principals) {
    Issued {
      principals = List.copyOf(principals);
    }

    /** The public half of the bootstrap token. */
    String tokenId() {
      return response.getToken().substring(0, response.getToken().indexOf('.'));
    }

    /** Nothing of it: it is full of secrets. */
    @Override
    public String toString() {
      return "Issued(" + componentsReference + ")";
    }
  }

  /** The first join: keys, token, certificates, and what to install. */
  Issued join(Approval approval, TicketRequest request, TicketNumber number) throws CallException {
    String machine = NodeIdentity.of(approval.peer().claims()).orElse("");
    var response = IssueJoinTicketResponse.newBuilder();
    try (Secret disk = keys.dataKey(request.diskKeyId(), KeyIds.LENGTH);
        Secret measurement = keys.dataKey(KeyIds.MEASUREMENT_SECRET, KeyIds.LENGTH);
        EmergencySshCa ssh = EmergencySshCa.of(keys)) {
      response
          .setStateDiskKey(copy(disk))
          .setMeasurementSecret(copy(measurement))
          .setMeasurementSalt(ByteString.copyFrom(approval.config().measurementSalt().toArray()))
          .setAuthorizedCaPublicKey(
              ByteString.copyFromUtf8(ssh.publicKey().authorizedKeysLine("")));
      faults.reached(Step.KEYS_RECEIVED);
      response
          .setDiscoveryTokenCaCertHash(cluster.caCertHash())
          .setApiServerEndpoint(cluster.apiServerEndpoint())
          .setKubeletCert(ByteString.copyFromUtf8(cluster.signKubeletCertificate(request.csr())));
      List<String> principals = List.of();
      if (request.hostKey().isPresent()) {
        principals = principals(request);
        response.setHostCertificate(
            ByteString.copyFromUtf8(
                ssh.certify(request.hostKey().get(), principals, clock.instant())));
      }
      faults.reached(Step.CERTIFICATE_SIGNED);
      Components components = cluster.components();
      for (Component component : components.list()) {
        response.addKubernetesComponents(proto(component));
      }
      if (request.controlPlane()) {
        for (ControlPlaneFile file : cluster.controlPlaneFiles()) {
          response.addControlPlaneFiles(
              control_plane_cert_or_key
                  .newBuilder()
                  .setName(file.name())
                  .setData(ByteString.copyFrom(file.content().toArray())));
        }
      }
      // So late, that a join that fails before does not keep other control planes waiting; before
      // the token, so that one that has to wait leaves no token behind at each of its attempts.
      cluster.registerJoiningNode(
          request.nodeName(), components.reference(), request.controlPlane(), machine);
      faults.reached(Step.ANNOUNCED);
      response.setToken(token(machine, request, number).token());
      faults.reached(Step.TOKEN_CREATED);
      return new Issued(response.build(), components.reference(), principals);
    } catch (KeyException e) {
      throw keysUnavailable(e);
    } catch (CsrException | MalformedException e) {
      throw new CallException(Status.Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    } catch (JoinInProgressException _) {
      throw new CallException(
          Status.Code.UNAVAILABLE, "another control plane is joining: try again later");
    } catch (IOException e) {
      throw new CallException(
          Status.Code.UNAVAILABLE, "the cluster does not answer: try again later", e);
    }
  }

  /** After a reboot: the key of a disk that belongs to the cluster already. */
  IssueRejoinTicketResponse rejoin(Approval approval, String diskKeyId) throws CallException {
    try (Secret disk = keys.dataKey(diskKeyId, KeyIds.LENGTH);
        Secret measurement = keys.dataKey(KeyIds.MEASUREMENT_SECRET, KeyIds.LENGTH)) {
      faults.reached(Step.KEYS_RECEIVED);
      return IssueRejoinTicketResponse.newBuilder()
          .setStateDiskKey(copy(disk))
          .setMeasurementSecret(copy(measurement))
          .build();
    } catch (KeyException e) {
      throw keysUnavailable(e);
    }
  }

  /** Who is a machine of its own gets the same for the same ticket. */
  private BootstrapToken token(String machine, TicketRequest request, TicketNumber number)
      throws IOException {
    return machine.isEmpty()
        ? cluster.createToken(BootstrapTokens.TTL)
        : cluster.createToken(
            BootstrapTokens.TTL,
            TokenHolder.of(
                machine, request.nodeName(), request.controlPlane(), request.diskKeyId()),
            number);
  }

  /** Those of the node's host certificate; its own, then the cluster's. */
  private List<String> principals(TicketRequest request) throws IOException {
    List<String> principals = new ArrayList<>(request.principals());
    principals.addAll(cluster.apiServerCertSans());
    return principals;
  }

  private static dev.asterism.proto.components.Component proto(Component component) {
    return dev.asterism.proto.components.Component.newBuilder()
        .setUrl(component.url())
        .setHash(component.hash())
        .setInstallPath(component.installPath())
        .setExtract(component.extract())
        .build();
  }

  private static CallException keysUnavailable(KeyException e) {
    return new CallException(
        Status.Code.UNAVAILABLE, "the key-service gives no key now: try again later", e);
  }

  /** The message keeps its copy until it is sent; ours is zeroed at once. */
  private static ByteString copy(Secret secret) {
    byte[] bytes = secret.expose();
    try {
      return ByteString.copyFrom(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
