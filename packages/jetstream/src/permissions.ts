import { inboxPrefix } from './subjects.ts';

/** Subjects one NATS user may use; everything else is refused by the server. */
export interface SubjectPermissions {
  readonly publish: string[];
  readonly subscribe: string[];
}

/** The service that the system account opens to everybody: how the server stores, and nothing else. */
export const DURABILITY_SUBJECT = '$SYS.REQ.SERVER.PING.JSZ';

/**
 * Exactly the subjects each service needs. Nobody here may create, change, purge or delete a stream: that is
 * `admin`, which only migrates. Consumers are their readers' own: of a log, and of the service's own work queue.
 */
export function natsPermissions(): Record<string, SubjectPermissions> {
  return {
    gateway: {
      publish: [
        ...everyService(),
        'cmd.*.>',
        'qry.*.>',
        // Signals are published live and never stored; a stored event's live copy has no token `s` there.
        'live.conv.*.*.*.s.>',
        'live.user.*.*.*.s.>',
        ...readsLog('EVT_CONV'),
        ...readsLog('EVT_USER'),
      ],
      subscribe: [...own('gateway'), 'live.>', 'reply.>'],
    },
    identity: {
      publish: [...answering(), 'evt.user.*.*.*.a', ...readsLog('EVT_USER'), ...answersTo('presence')],
      subscribe: [...own('identity'), 'qry.identity.>'],
    },
    conversation: {
      publish: [
        ...deciding('conversation'),
        'evt.conv.*.*.*.c',
        'evt.user.*.*.*.v.conv',
        ...readsLog('EVT_CONV'),
        ...readsLog('EVT_USER'),
        'qry.message.list-previews',
        'qry.file.check-picture',
        ...answersTo('file'),
      ],
      subscribe: [...own('conversation'), 'qry.conversation.>'],
    },
    message: {
      publish: [
        ...deciding('message'),
        'evt.conv.*.*.*.m',
        'evt.conv.*.*.*.r.pos',
        'evt.user.*.*.*.v.msg',
        ...readsLog('EVT_CONV'),
        ...readsLog('EVT_USER'),
        'qry.file.attach',
        ...answersTo('file'),
        ...answersTo('conversation'),
      ],
      subscribe: [...own('message'), 'qry.message.>'],
    },
    presence: {
      publish: [
        ...answering(),
        'live.user.*.*.*.s.presence',
        'qry.identity.get-settings',
        '$JS.API.CONSUMER.MSG.NEXT.EVT_USER.hide-presence',
        '$JS.ACK.EVT_USER.hide-presence.>',
      ],
      subscribe: [...own('presence'), 'qry.presence.>'],
    },
    file: {
      publish: [
        ...answering(),
        'evt.file.*.*.*.a',
        ...readsLog('EVT_FILE'),
        'qry.message.sees-file',
        ...answersTo('message'),
        'qry.conversation.shows-file',
        ...answersTo('conversation'),
      ],
      subscribe: [...own('file'), 'qry.file.>'],
    },
  };
}

function own(service: string): readonly string[] {
  return [`${inboxPrefix(service)}.>`];
}

function everyService(): readonly string[] {
  // Looking is what a service needs to refuse to start on a difference; it changes nothing.
  return ['$JS.API.INFO', '$JS.API.STREAM.INFO.*', '$JS.API.CONSUMER.INFO.*.*', DURABILITY_SUBJECT];
}

/** A service that answers the gateway's questions and parks what its projectors cannot apply. */
function answering(): readonly string[] {
  return [...everyService(), 'dlq.>', ...answersTo('gateway')];
}

function answersTo(service: string): readonly string[] {
  return [`${inboxPrefix(service)}.>`];
}

/** One that also takes commands from its work queue. */
function deciding(service: string): readonly string[] {
  const queue = `CMD_${service}`;

  return [
    ...answering(),
    'reply.>',
    `$JS.API.CONSUMER.CREATE.${queue}.>`,
    `$JS.API.CONSUMER.MSG.NEXT.${queue}.*`,
    `$JS.ACK.${queue}.>`,
    ...keepsSnapshots(),
  ];
}

/** Reading a log: by position, by subject, or with an ordered consumer that the reader makes for itself. */
function readsLog(stream: string): readonly string[] {
  return [
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}.>`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
    `$JS.API.CONSUMER.DELETE.${stream}.*`,
    `$JS.ACK.${stream}.>`,
    `$JS.FC.${stream}.>`,
  ];
}

/** The fold of an aggregate, kept so that a long log need not be read from its start. */
function keepsSnapshots(): readonly string[] {
  return [
    '$KV.SNAP.>',
    '$JS.API.DIRECT.GET.KV_SNAP',
    '$JS.API.DIRECT.GET.KV_SNAP.>',
    '$JS.API.STREAM.MSG.GET.KV_SNAP',
  ];
}
