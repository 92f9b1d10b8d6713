import { homepageSections } from '../client/generated/homepage-sections.js';
import type { SectionKey } from '../client/homepage-client.js';
import type { Demo, FaultKind } from './demo-api.js';

export interface Choices {
  place: { lng: number; lat: number } | undefined;
  isUser: boolean;
  limit: number;
  hidden: readonly SectionKey[];
  transport: 'graphql' | 'rest';
  fault: { section: SectionKey; kind: FaultKind } | undefined;
}

export const sectionKeys = Object.keys(homepageSections) as SectionKey[];

const placeText = (place: Choices['place']) => (place === undefined ? '' : `${place.lng}, ${place.lat}`);

const placeOf = (text: string): Choices['place'] => {
  const [lng, lat] = text.split(',').map(Number);
  return lng === undefined || lat === undefined || Number.isNaN(lng) || Number.isNaN(lat) ? undefined : { lng, lat };
};

/** What is asked for, and what is broken in the demo database meanwhile. */
export function Controls({
  choices,
  demo,
  onChange,
}: {
  choices: Choices;
  demo: Demo;
  onChange: (changes: Partial<Choices>) => void;
}) {
  const { place, isUser, limit, hidden, transport, fault } = choices;
  return (
    <form className="controls" aria-label="What is shown" onSubmit={(event) => event.preventDefault()}>
      <label>
        Place
        <select
          value={placeText(place)}
          onChange={({ target }) => onChange({ place: placeOf(target.value) })}
          disabled={demo.places.length === 0}
        >
          <option value="">Everywhere</option>
          {demo.places.map(({ name, lng, lat }) => (
            <option key={name} value={placeText({ lng, lat })}>
              {name}
            </option>
          ))}
          {place !== undefined && !demo.places.some(({ lng, lat }) => lng === place.lng && lat === place.lat) && (
            <option value={placeText(place)}>{placeText(place)}</option>
          )}
        </select>
      </label>
      <label>
        Longitude, latitude
        <input
          key={placeText(place)}
          defaultValue={placeText(place)}
          placeholder="13.4, 52.5"
          inputMode="decimal"
          onBlur={({ target }) => onChange({ place: placeOf(target.value) })}
        />
      </label>
      <label>
        Visitor
        <select
          value={isUser ? 'user' : 'guest'}
          onChange={({ target }) => onChange({ isUser: target.value === 'user' })}
          disabled={demo.user === null}
        >
          <option value="guest">Guest</option>
          <option value="user">Demo user</option>
        </select>
      </label>
      <label>
        Items
        <select value={limit} onChange={({ target }) => onChange({ limit: Number(target.value) })}>
          {[5, 10, 20].map((count) => (
            <option key={count}>{count}</option>
          ))}
        </select>
      </label>
      <label>
        Transport
        <select
          value={transport}
          onChange={({ target }) => onChange({ transport: target.value === 'rest' ? 'rest' : 'graphql' })}
        >
          <option value="graphql">GraphQL</option>
          <option value="rest">REST</option>
        </select>
      </label>
      <fieldset>
        <legend>Sections</legend>
        {sectionKeys.map((key) => (
          <label key={key}>
            <input
              type="checkbox"
              checked={!hidden.includes(key)}
              onChange={({ target }) =>
                onChange({ hidden: target.checked ? hidden.filter((other) => other !== key) : [...hidden, key] })
              }
            />
            {homepageSections[key].title}
          </label>
        ))}
      </fieldset>
      {demo.faults.length > 0 && (
        <fieldset>
          <legend>Break the demo database</legend>
          <label>
            Section
            <select
              value={fault?.section ?? ''}
              onChange={({ target }) =>
                onChange({
                  fault:
                    target.value === ''
                      ? undefined
                      : { section: target.value as SectionKey, kind: fault?.kind ?? 'failing' },
                })
              }
            >
              <option value="">None</option>
              {sectionKeys.map((key) => (
                <option key={key} value={key}>
                  {homepageSections[key].title}
                </option>
              ))}
            </select>
          </label>
          <label>
            How
            <select
              value={fault?.kind ?? 'failing'}
              disabled={fault === undefined}
              onChange={({ target }) =>
                fault !== undefined && onChange({ fault: { ...fault, kind: target.value as FaultKind } })
              }
            >
              <option value="failing">fails, nothing held</option>
              <option value="stale">fails, an old copy is held</option>
              <option value="slow">takes two seconds</option>
            </select>
          </label>
        </fieldset>
      )}
    </form>
  );
}
